//! Methods with every kind of receiver.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]

use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

#[derive(oserver::HandlerState)]
struct Service {
    name: String,
}

impl Service {
    #[oserver::handler]
    async fn shared(&self) -> String {
        self.name.clone()
    }

    #[oserver::handler]
    async fn exclusive(&mut self, more: &str) -> String {
        self.name.push_str(more);
        self.name.clone()
    }

    #[oserver::handler]
    async fn by_value(self) -> String {
        self.name
    }

    #[oserver::handler]
    async fn by_mutable_value(mut self) -> String {
        self.name.push('!');
        self.name
    }

    #[oserver::handler]
    async fn named_lifetime<'a>(&'a self, other: &'a str) -> String {
        let longest: &'a str = if self.name.len() > other.len() { &self.name } else { other };
        longest.to_owned()
    }

    #[oserver::handler]
    async fn boxed(self: Box<Self>) -> String {
        self.name
    }

    #[oserver::handler]
    async fn counted(self: Arc<Self>) -> String {
        self.name.clone()
    }

    #[oserver::handler]
    async fn borrowed_counted(self: &Arc<Self>) -> String {
        self.name.clone()
    }

    /// Not `Send`, which a handler need not be before it is routed.
    #[oserver::handler]
    async fn counted_in_one_thread(self: Rc<Self>) -> String {
        std::future::ready(()).await;
        self.name.clone()
    }

    #[oserver::handler]
    async fn pinned(self: Pin<&mut Self>) -> String {
        self.get_mut().name.clone()
    }

    #[allow(clippy::needless_arbitrary_self_type)]
    #[oserver::handler]
    async fn typed(self: &Self) -> String {
        self.name.clone()
    }

    #[oserver::handler]
    fn counted_without_async(self: Arc<Self>) -> String {
        self.name.clone()
    }

    #[oserver::handler]
    fn boxed_without_async(mut self: Box<Self>) -> String {
        self.name.push('!');
        self.name
    }
}

trait Greets {
    fn greet(&self) -> impl std::future::Future<Output = oserver::Guarded> + Send;
}

impl Greets for Service {
    #[oserver::handler]
    async fn greet(&self) -> String {
        Self::greeting(self)
    }
}

impl Service {
    fn greeting(&self) -> String {
        format!("Hello from {}", self.name)
    }
}

fn service() -> Service {
    Service { name: String::new() }
}

fn main() {
    drop(async {
        let mut service_1 = service();
        let _ = service_1.shared().await;
        let _ = service_1.exclusive("more").await;
        let _ = service_1.named_lifetime("other").await;
        let _ = service_1.typed().await;
        let _ = service_1.greet().await;
        let _ = Pin::new(&mut service_1).pinned().await;
        let _ = service().by_value().await;
        let _ = service().by_mutable_value().await;
        let _ = Box::new(service()).boxed().await;
        let _ = Arc::new(service()).counted().await;
        let _ = Arc::new(service()).borrowed_counted().await;
        let _ = Rc::new(service()).counted_in_one_thread().await;
        let _ = Arc::new(service()).counted_without_async().await;
        let _ = Box::new(service()).boxed_without_async().await;
    });
}
