//! Routes of utoipa's router.

use axum::Json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::start;

#[utoipa::path(get, path = "/price", responses((status = 200, description = "the price", body = u32)))]
async fn price() -> Json<u32> {
    Json(3)
}

#[tokio::test(flavor = "multi_thread")]
async fn openapi_router_is_served_with_its_description() {
    let (router, api) = OpenApiRouter::<()>::new().routes(routes!(price)).split_for_parts();
    let description = serde_json::to_value(&api).expect("JSON");
    let router = router.route("/openapi.json", axum::routing::get(move || async { Json(api) }));
    let server = start(router).await;
    assert_eq!(crate::get(format!("http://{server}/price")).await, (200, "3".to_owned()));
    let (_, text) = crate::get(format!("http://{server}/openapi.json")).await;
    let served: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(served, description);
    assert!(served["paths"]["/price"]["get"].is_object(), "{served}");
}
