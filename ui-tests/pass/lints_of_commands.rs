//! Lints that a user allows or expects for a command hold for the handle's method, too: it has the same signature.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]

#[derive(Default)]
struct Stock(u32);

#[oserver::actor]
impl Stock {
    #[allow(clippy::too_many_arguments, reason = "all are needed")]
    pub fn many(&mut self, one: u8, two: u8, three: u8, four: u8, five: u8, six: u8, seven: u8) -> u32 {
        self.0 += u32::from(one) + u32::from(two) + u32::from(three) + u32::from(four);
        self.0 + u32::from(five) + u32::from(six) + u32::from(seven)
    }

    pub fn unused(&mut self, _unused: u8, (_part, number): (u8, u32), _: u8) {
        self.0 = number;
    }

    #[expect(clippy::fn_params_excessive_bools)]
    #[deprecated(note = "use `many`")]
    pub fn set(&mut self, one: bool, two: bool, three: bool, four: bool) {
        self.0 = u32::from(one | two | three | four);
    }
}

#[derive(Default)]
struct Rooms(u32);

#[expect(clippy::too_many_arguments)]
#[oserver::actor]
#[allow(clippy::type_complexity)]
impl Rooms {
    pub fn open(&mut self, one: u8, two: u8, three: u8, four: u8, five: u8, six: u8, seven: u8) -> u32 {
        self.0 += u32::from(one) + u32::from(two) + u32::from(three) + u32::from(four);
        self.0 + u32::from(five) + u32::from(six) + u32::from(seven)
    }

    pub fn all(&self) -> Vec<(String, Box<dyn Fn(u32) -> Option<Box<dyn Fn() -> u32 + Send>> + Send>)> {
        Vec::with_capacity(self.0 as usize)
    }
}

#[oserver::main]
async fn main() -> oserver::Result<()> {
    let stock: StockHandle = oserver::supervise(Stock::default);
    stock.many(1, 2, 3, 4, 5, 6, 7).await?;
    stock.unused(1, (2, 3), 4).await?;
    let rooms: RoomsHandle = oserver::supervise(Rooms::default);
    rooms.open(1, 2, 3, 4, 5, 6, 7).await?;
    drop(rooms.all().await?);
    Ok(())
}
