use super::*;

fn is_taken<J: ?Sized>(pushed: &Pushed<J>) -> bool {
    matches!(pushed, Pushed::Taken)
}

#[test]
fn threads_are_asked_for_one_job_after_the_other_and_more_when_they_are_stuck() {
    let overflow: Overflow<u32> = Overflow::new(2);
    for job in 0..100 {
        assert!(!matches!(overflow.push(Box::new(job)), Pushed::Full(_)));
    }
    assert_eq!(overflow.adjust(0, 300), 2, "as many as there are cores");
    assert_eq!(overflow.adjust(0, 300), 0, "they come for the next job themselves");
    // Each look at which all are stuck lets twice as many run.
    assert_eq!(overflow.adjust(2, 300), 4);
    assert_eq!(overflow.adjust(6, 300), 8);
    assert_eq!(overflow.adjust(14, 300), 16);
    assert_eq!(overflow.adjust(30, 40), 10, "and no more than there may be");
}

#[test]
fn the_queue_is_bounded_and_closed_when_all_are_lost() {
    let overflow: Overflow<u32> = Overflow::new(1);
    assert!(matches!(overflow.push(Box::new(0)), Pushed::NeedsThread));
    assert_eq!(overflow.adjust(0, 1), 1);
    for job in 1..WAITING as u32 {
        assert!(is_taken(&overflow.push(Box::new(job))));
    }
    assert!(matches!(overflow.push(Box::new(0)), Pushed::Full(_)));
    assert_eq!(overflow.next(), Some(Box::new(0)), "in their order");
    overflow.set_full(true);
    assert!(matches!(overflow.push(Box::new(0)), Pushed::Full(_)));
    overflow.set_full(false);
    assert!(is_taken(&overflow.push(Box::new(0))));
}
