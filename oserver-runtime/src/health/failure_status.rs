//! The statuses of a response that are failures of its route.

use http::StatusCode;

/// Returns `true` if the status is a failure of the server: 5xx except 501 and 503, with which a handler refuses a
/// request on purpose.
pub(crate) fn is_failure(status: StatusCode) -> bool {
    status.is_server_error()
        && !matches!(status, StatusCode::NOT_IMPLEMENTED | StatusCode::SERVICE_UNAVAILABLE)
}

/// Returns `true` if the status shows that the handler works: less than 400. A 4xx may come from before the
/// handler, as an extractor's rejection does.
pub(crate) fn is_success(status: StatusCode) -> bool {
    status.as_u16() < 400
}

#[cfg(all(test, not(oserver_loom)))]
mod tests {
    use super::*;

    #[test]
    fn statuses_of_5xx_other_than_501_and_503_are_failures_and_those_below_400_successes() {
        let of = |wanted: fn(StatusCode) -> bool| {
            let statuses = [200, 204, 302, 400, 404, 408, 500, 501, 502, 503, 504, 599];
            statuses
                .into_iter()
                .filter(|status| wanted(StatusCode::from_u16(*status).expect("a status")))
                .collect::<Vec<_>>()
        };
        assert_eq!(of(is_failure), [500, 502, 504, 599]);
        assert_eq!(of(is_success), [200, 204, 302]);
    }
}
