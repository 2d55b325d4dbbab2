use super::*;

fn is_taken<J: ?Sized>(pushed: &Pushed<J>) -> bool {
    matches!(pushed, Pushed::Taken)
}

#[test]
fn threads_are_asked_for_one_job_after_the_other_and_more_when_they_are_stuck() {
    let overflow: Overflow<u32> = Overflow::new(2);
    for job in 0..100 {
        assert!(!matches!(overflow.push(Box::new(job), false), Pushed::Full(_)));
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
    assert!(matches!(overflow.push(Box::new(0), false), Pushed::NeedsThread));
    assert_eq!(overflow.adjust(0, 1), 1);
    for job in 1..WAITING as u32 {
        assert!(is_taken(&overflow.push(Box::new(job), false)));
    }
    assert!(matches!(overflow.push(Box::new(0), false), Pushed::Full(_)));
    assert_eq!(overflow.next(|_| true), Some(Box::new(0)), "in their order");
    overflow.set_full(true);
    assert!(matches!(overflow.push(Box::new(0), false), Pushed::Full(_)));
    overflow.set_full(false);
    assert!(is_taken(&overflow.push(Box::new(0), false)));
}

#[test]
fn jobs_that_block_wait_for_no_look_and_hold_back_no_job_of_another_kind() {
    let overflow: Overflow<u32> = Overflow::new(2);
    for job in 0..100 {
        assert!(!matches!(overflow.push(Box::new(job), true), Pushed::Full(_)));
    }
    assert_eq!(overflow.adjust(0, 300), 100, "a thread for each");
    // Two of the even ones may run at a time.
    let mut even = 0;
    let mut begin = |job: &mut u32| {
        even += u32::from(job.is_multiple_of(2));
        !job.is_multiple_of(2) || even <= 2
    };
    let mut taken = || *overflow.next(&mut begin).expect("a job");
    assert_eq!([taken(), taken(), taken(), taken()], [0, 1, 2, 3]);
    assert_eq!([taken(), taken()], [5, 7]);
    assert!(!overflow.is_quiet(), "some are held");
    assert_eq!(overflow.next(|_| true), Some(Box::new(4)), "the oldest first");
}
