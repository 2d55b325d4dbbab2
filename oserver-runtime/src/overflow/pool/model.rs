use super::*;

#[test]
fn a_job_that_comes_while_the_thread_lies_down_is_run() {
    loom::model(|| {
        let overflow: loom::sync::Arc<Overflow<u32>> = loom::sync::Arc::new(Overflow::new(1));
        assert!(matches!(overflow.push(Box::new(1), false), Pushed::NeedsThread));
        assert_eq!(overflow.adjust(0, 1), 1);
        let thread = {
            let overflow = loom::sync::Arc::clone(&overflow);
            // Lost, the second would be waited for for ever, which the model notices.
            loom::thread::spawn(move || [overflow.next(|_| true), overflow.next(|_| true)])
        };
        assert!(matches!(overflow.push(Box::new(2), false), Pushed::Taken));
        assert_eq!(thread.join().unwrap(), [Some(Box::new(1)), Some(Box::new(2))]);
    });
}
