use super::*;

#[test]
fn one_route_has_one_entry() {
    let table = RouteTable::default();
    let first = table.register("GET", "/a", true);
    assert_eq!(first, table.register("GET", "/a", true));
    assert_ne!(first, table.register("POST", "/a", true));
    assert_eq!(table.entry(first).label(), "GET /a");
}

#[test]
fn names_are_found_again_and_do_not_mix_with_patterns() {
    let table = RouteTable::default();
    let name = table.named("users.create");
    assert_eq!(name, table.named("users.create"));
    assert_ne!(name, table.named("users.delete"));
    assert_eq!(table.entry(name).label(), "users.create");
}

#[test]
fn a_scan_of_random_paths_stays_within_the_buckets() {
    let table = RouteTable::default();
    for path in 0..10_000 {
        table.entry(table.bucket(&format!("/{path}")));
    }
    assert_eq!(table.entries.iter().filter(|entry| entry.get().is_some()).count(), BUCKETS);
}

#[test]
fn more_routes_than_places_share_the_buckets() {
    let table = RouteTable::default();
    for route in 0..CAPACITY + 100 {
        table.entry(table.register("GET", &format!("/{route}"), true));
    }
    assert!(table.register("GET", "/one-more", true).0 < BUCKETS as u32);
}
