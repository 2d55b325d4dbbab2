//! Versions: plain data.

state! {
    /// Plain data.
    impl[] for semver::Version;
    impl[] for semver::VersionReq;
    impl[] for semver::Comparator;
    impl[] for semver::Prerelease;
    impl[] for semver::BuildMetadata;
    impl[] for semver::Error;
}
