use super::*;

fn id_of(given: &'static str) -> RequestId {
    let mut headers = HeaderMap::new();
    headers.insert(REQUEST_ID, HeaderValue::from_static(given));
    RequestId::of(headers.get(&REQUEST_ID), &IdPrefix::of(ConnectionId(0x1f)), 0xa3)
}

#[test]
fn a_made_id_names_process_connection_and_sequence() {
    let made = RequestId::of(None, &IdPrefix::of(ConnectionId(0x1f)), 0xa3);
    assert_eq!(made.to_string(), format!("{:016x}-1f-a3", *PROCESS));
    let largest = RequestId::of(None, &IdPrefix::of(ConnectionId(u64::MAX)), u64::MAX);
    assert_eq!(largest.to_string().len(), MADE_LENGTH);
    let zero = RequestId::of(None, &IdPrefix::of(ConnectionId(0)), 0);
    assert_eq!(zero.to_string(), format!("{:016x}-0-0", *PROCESS));
}

#[test]
fn a_valid_given_id_is_kept() {
    assert_eq!(id_of("3f2504e0-4f89-11d3/9a0c:0305").to_string(), "3f2504e0-4f89-11d3/9a0c:0305");
}

#[test]
fn an_id_that_could_spoil_a_log_or_a_header_is_replaced() {
    for bad in ["", "two words", "quote\"", "new\tline", "<script>"] {
        assert!(id_of(bad).to_string().ends_with("-1f-a3"), "{bad:?} was taken over");
    }
    let long = HeaderValue::from_bytes(&[b'a'; LONGEST_GIVEN + 1]).unwrap();
    let headers = HeaderMap::from_iter([(REQUEST_ID, long)]);
    assert!(
        RequestId::of(headers.get(&REQUEST_ID), &IdPrefix::of(ConnectionId(1)), 2)
            .to_string()
            .ends_with("-1-2")
    );
}

#[test]
fn ids_of_the_same_text_are_equal_and_hash_alike_wherever_they_come_from() {
    let made = RequestId::of(None, &IdPrefix::of(ConnectionId(1)), 2);
    let parsed: RequestId = made.as_str().parse().expect("what we make is valid");
    assert_eq!(made, parsed);
    assert_eq!(std::collections::HashSet::from([made, parsed]).len(), 1);
    let error = "two words".parse::<RequestId>().expect_err("it has a space");
    assert!(error.to_string().contains("1 to 128"), "{error}");
}
