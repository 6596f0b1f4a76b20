//! What is counted, and sums of it.

use std::collections::BTreeMap;

macro_rules! measures {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal $zh:literal;)+) => {
        /// Something that is counted. The codes are stable: they name columns.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Measure {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Measure {
            /// All of them, in the order of columns.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Stable code, such as `on_time`.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)+
                }
            }

            /// Name in Chinese.
            #[must_use]
            pub const fn zh(self) -> &'static str {
                match self {
                    $(Self::$name => $zh,)+
                }
            }

            /// What it counts, in English.
            #[must_use]
            pub fn en(self) -> &'static str {
                let text = match self {
                    $(Self::$name => concat!($($doc),+),)+
                };
                text.trim()
            }
        }
    };
}

measures! {
    /// Orders registered.
    Orders = "orders" "登记工单";
    /// Orders that their requester withdrew (R45).
    OrdersWithdrawn = "orders_withdrawn" "撤回工单";
    /// Orders answered from the knowledge base at once (R19).
    DirectAnswers = "direct_answers" "直接答复";
    /// Orders that the centre dispatched or answered in time (R19, R20).
    DispatchesOnTime = "dispatches_on_time" "按时转派";
    /// Orders that the centre dispatched late, or has not dispatched in time; never charged to a unit (R20).
    DispatchesLate = "dispatches_late" "超时转派";
    /// Rating channels that the centre offered in time (R56).
    RatingOffersOnTime = "rating_offers_on_time" "按时提供评价渠道";
    /// Rating channels that the centre offered late, or has not offered in time (R56).
    RatingOffersLate = "rating_offers_late" "超时提供评价渠道";
    /// Reviews of reports that the centre decided within its target, for which the law sets no limit.
    ReviewsOnTarget = "reviews_on_target" "目标时间内审核";
    /// Reviews of reports that the centre decided after its target; nobody is late by law.
    ReviewsBeyondTarget = "reviews_beyond_target" "超出目标时间审核";
    /// Requesters satisfied with how the hotline took the request, by three of five options (R55).
    ServiceSatisfied = "service_satisfied" "受理服务满意";
    /// Requesters dissatisfied with how the hotline took the request, by two of five options (R55).
    ServiceDissatisfied = "service_dissatisfied" "受理服务不满意";

    /// Dispatches to a unit of which it is settled whether the unit was in time.
    Assignments = "assignments" "承办工单";
    /// Of these, orders that their requester withdrew (R45).
    AssignmentsWithdrawn = "assignments_withdrawn" "承办中撤回";
    /// Handlings whose report passed the review (R24).
    Completed = "completed" "审核通过办结";
    /// Handlings completed in time, or commendations read in time (R25, R44).
    OnTime = "on_time" "按时办结";
    /// Late handlings that would be in time without their reviews that failed.
    LateExcused = "late_excused" "扣除审核未通过时间后未逾期";
    /// All other late handlings, open ones too (R25).
    LateUnexcused = "late_unexcused" "逾期";
    /// Late handlings whose deadline was provisional when it passed (C3).
    LateProvisional = "late_provisional" "暂定期限逾期";
    /// Late handlings that have not ended.
    OverdueOpen = "overdue_open" "逾期未办结";
    /// Applications to return that wait for the centre (R31).
    ReturnsPending = "returns_pending" "退回待审";
    /// Approved returns (R30).
    ReturnsApproved = "returns_approved" "退回成立";
    /// Rejected, hence invalid returns (R31).
    ReturnsRejected = "returns_rejected" "无效退回";
    /// Parts of a joint handling that the assisting unit handed in before the handling was settled (R32).
    AssistancesGiven = "assistances_given" "按要求协办";
    /// Parts that it did not; the lead unit is liable for the order all the same (R32, A-24).
    AssistancesMissed = "assistances_missed" "未按要求协办";
    /// Matters that the unit verified in time, or handled or applied to return in that time (R26).
    VerifiedOnTime = "verified_on_time" "按时核查";
    /// Matters that the unit did not verify in time: deemed its own (R26).
    VerifiedLate = "verified_late" "超时未核查";
    /// Handlings that were extended at least once (R36).
    Extended = "extended" "延期工单";
    /// Extensions (R36).
    Extensions = "extensions" "延期次数";
    /// Working time used by completed handlings, in seconds (Art. 15).
    WorkingSeconds = "working_seconds" "办理用时（工作日秒）";
    /// First handlings completed.
    FirstHandlings = "first_handlings" "首次办结";
    /// First handlings that were followed by a second one (R59).
    Rehandled = "rehandled" "再次办理";
    /// Completed handlings of which it is open how they are rated.
    RatingOpen = "rating_open" "待评价";
    /// First handlings rated very satisfied (R57).
    VerySatisfied1 = "very_satisfied_1" "首次非常满意";
    /// First handlings rated satisfied.
    Satisfied1 = "satisfied_1" "首次满意";
    /// First handlings rated basically satisfied.
    BasicallySatisfied1 = "basically_satisfied_1" "首次基本满意";
    /// First handlings rated dissatisfied.
    Dissatisfied1 = "dissatisfied_1" "首次不满意";
    /// First handlings rated very dissatisfied.
    VeryDissatisfied1 = "very_dissatisfied_1" "首次非常不满意";
    /// First handlings unrated (R57).
    Unrated1 = "unrated_1" "首次未评价";
    /// Second handlings rated very satisfied (R61).
    VerySatisfied2 = "very_satisfied_2" "再次非常满意";
    /// Second handlings rated satisfied.
    Satisfied2 = "satisfied_2" "再次满意";
    /// Second handlings rated basically satisfied.
    BasicallySatisfied2 = "basically_satisfied_2" "再次基本满意";
    /// Second handlings rated dissatisfied.
    Dissatisfied2 = "dissatisfied_2" "再次不满意";
    /// Second handlings rated very dissatisfied.
    VeryDissatisfied2 = "very_dissatisfied_2" "再次非常不满意";
    /// Second handlings unrated.
    Unrated2 = "unrated_2" "再次未评价";
}

/// Sums by measure; what is not there is 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally(BTreeMap<Measure, i64>);

impl Tally {
    /// How much of it.
    #[must_use]
    pub fn get(&self, measure: Measure) -> i64 {
        self.0.get(&measure).copied().unwrap_or(0)
    }

    /// How much of several together.
    #[must_use]
    pub fn sum(&self, measures: &[Measure]) -> i64 {
        let values = measures.iter().map(|measure| self.get(*measure));
        values.fold(0, i64::saturating_add)
    }

    /// Counts so many more.
    pub fn add(&mut self, measure: Measure, count: i64) {
        if count != 0 {
            let sum = self.0.entry(measure).or_default();
            *sum = sum.saturating_add(count);
        }
    }

    /// Counts one more, if so.
    pub(super) fn count(&mut self, measure: Measure, holds: bool) {
        self.add(measure, i64::from(holds));
    }

    /// Adds another one.
    pub fn merge(&mut self, other: &Self) {
        for (measure, count) in &other.0 {
            self.add(*measure, *count);
        }
    }
}
