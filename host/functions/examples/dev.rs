//! dev
use std::sync::Arc;
#[tokio::main]
async fn main() {
    let t = std::time::Instant::now();
    let path = std::env::args().nth(1).unwrap();
    let app = match functions::load(std::path::Path::new(&path), functions::Config::STANDARD) {
        Ok(a) => a,
        Err(e) => {
            println!(
                "{e}: {:?}",
                std::error::Error::source(&e).map(|s| s.to_string())
            );
            return;
        }
    };
    println!("loaded {} in {:?}", app.routes().len(), t.elapsed());
    let l = tokio::net::TcpListener::bind("127.0.0.1:8399")
        .await
        .unwrap();
    functions::serve(Arc::new(app), l, async {
        tokio::signal::ctrl_c().await.ok();
    })
    .await;
    println!("drained");
}
