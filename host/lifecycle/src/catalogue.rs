//! The catalogue of rules: what each rule of chapters 2 to 4 of the implementing rules says, where it
//! stands there, and what Kapok does about it.
//!
//! It is for people and for the traceability matrix. No decision reads it: what an article means for an
//! order stands in the module that names the rule. `host/docs/catalogue.md` has all rules, and what the
//! other labels mean (T8, C3, P4, A-17, CR12).

/// A rule of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Its number, such as `R22`.
    pub id: &'static str,
    /// Where it stands in the implementing rules, such as `第十四条第二项`.
    pub article: &'static str,
    /// What it says, in English.
    pub meaning: &'static str,
    /// What it says, in Chinese.
    pub meaning_zh: &'static str,
    /// What Kapok does about it.
    pub kind: Kind,
}

/// What Kapok does about a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What contradicts it is refused, and what it sets a time for is timed.
    Enforced,
    /// What it asks for is kept as a fact; nothing is refused.
    Recorded,
    /// It is filled in by configuration.
    Configured,
}

impl Kind {
    /// The kind as a word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Enforced => "enforced",
            Self::Recorded => "recorded",
            Self::Configured => "configured",
        }
    }
}

/// All rules, by number.
#[must_use]
pub const fn rules() -> &'static [Rule] {
    RULES
}

macro_rules! rules {
    ($($id:ident $kind:ident $article:literal $meaning:literal $meaning_zh:literal;)+) => {
        const RULES: &[Rule] = &[$(Rule {
            id: stringify!($id),
            article: $article,
            meaning: $meaning,
            meaning_zh: $meaning_zh,
            kind: Kind::$kind,
        }),+];
    };
}

rules! {
    R1 Enforced "第二条"
        "Only non-urgent matters of the city's own administration enter; emergencies go elsewhere"
        "只受理本市行政管理、公共服务的非紧急事项，紧急事项移交";
    R2 Recorded "第三条"
        "The joint meeting has a plenary at least once a year"
        "联席会议每年至少召开一次全体会议";
    R3 Enforced "第四条、第五条、第六条"
        "Each role does and sees what its duties cover"
        "主管部门、热线机构、承办单位各司其职";
    R4 Recorded "第六条第二款"
        "A unit may have an executing body act; the unit stays accountable"
        "承办单位可指定经办机构，责任仍在承办单位";
    R5 Enforced "第七条第一款"
        "A change of leader or staff is filed within 10 working days"
        "分管领导、专职人员调整10个工作日内备案";
    R6 Recorded "第七条第二款"
        "The unit trains and manages its executing body's staff"
        "承办单位管理、培训经办机构人员";
    R7 Configured "第八条"
        "What may be raised: the tree of categories"
        "诉求人可以提出的事项";
    R8 Recorded "第九条第一款"
        "The requester is civil, clear and brief; misuse is flagged, never refused"
        "文明、客观反映诉求，不当占用仅作标记";
    R9 Enforced "第九条第二款"
        "Personal data is concealed in agreed fields and scope, with a warning"
        "按约定的信息和范围隐匿，并告知影响";
    R10 Enforced "第九条第三款"
        "Supplement, query and withdrawal come from the same number or account"
        "以原号码或者账号补充、查询、撤回";
    R11 Enforced "第十条"
        "Matters that need a real name are not registered without it, nor if it is to be concealed"
        "应当实名的事项，拒绝实名或者要求隐匿的不予登记和转派";
    R12 Enforced "第十一条第一款"
        "A matter is registered and becomes a work order"
        "登记形成工单";
    R13 Enforced "第十一条第二款"
        "A matter of several units becomes an order for each"
        "涉及两个以上单位的分别登记";
    R14 Enforced "第十一条第三款"
        "Mixed content is answered, dispatched and signposted each by its own rule"
        "直接答复、转派、指引的内容分别处理";
    R15 Enforced "第十二条第一款"
        "By phone, everything missing is named at once; three calls, refusal or insufficiency end it"
        "电话渠道一次性告知补充内容，三次未接听等结束";
    R16 Enforced "第十二条第二款"
        "Online, one notice; supplement within 3 calendar days, once"
        "网络渠道一次性通知，3个自然日内补充1次";
    R17 Enforced "第十二条第三款"
        "A unit verifies with the requester; three unanswered calls or refusal end it"
        "承办单位核实补充，三次未接听或者拒绝补充的结束";
    R18 Enforced "第十二条第四款"
        "After such an end the requester may file again; that is no repeat"
        "信息补全后可重新提出，不按重复处理";
    R19 Enforced "第十三条第一项"
        "A consultation is answered from the knowledge base, or dispatched within 1 working day"
        "咨询类直接答复，不能的1个工作日内转派";
    R20 Enforced "第十三条第二项"
        "Everything else is dispatched within 1 working day"
        "非咨询类1个工作日内转派";
    R21 Enforced "第十四条第一项"
        "A consultation is handled and replied to within 2 working days"
        "咨询类2个工作日内办理并回复";
    R22 Enforced "第十四条第二项"
        "Everything else is handled and replied to within 10 working days"
        "非咨询类10个工作日内办理并回复";
    R23 Enforced "第十四条第三项"
        "A limit set by another document goes before"
        "交办及文件另有期限的从其规定";
    R24 Enforced "第十五条"
        "The clock runs from the working day after the last dispatch to the compliant submission"
        "办理用时自最后一次转派的下一个工作日0时起至合规提交止";
    R25 Enforced "第十五条"
        "Beyond the limit is overdue, by comparing instants"
        "超出办理期限为逾期";
    R26 Enforced "第十六条"
        "The unit verifies within 2 working days whose duty it is"
        "2个工作日内核查并分类";
    R27 Enforced "第十六条第二项"
        "Grounds of the Measures end an order early"
        "属规定情形的按规定处理并结束";
    R28 Enforced "第十六条第三项"
        "A unit applies for return within 2 working days, with reasons and basis"
        "不属本单位职责的2个工作日内申请退回";
    R29 Enforced "第十七条第一款"
        "Each kind of dispute has its own evidence"
        "按争议类型提供退回依据";
    R30 Enforced "第十七条第二款"
        "An approved return is dispatched anew, with a new limit"
        "退回审核通过的重新转派，时限重新计算";
    R31 Enforced "第十七条第二款"
        "A rejected return changes no limit"
        "退回审核不通过的，时限不重新计算";
    R32 Enforced "第十七条第三款"
        "A lead unit with assisting units, whom it names within 2 working days"
        "牵头单位2个工作日内确定协办单位";
    R33 Enforced "第十八条第一款"
        "The third return by different units opens coordination"
        "不同单位退回3次以上的启动协调";
    R34 Enforced "第十八条第一款"
        "The adviser's opinion comes within 2 or 5 working days, then the unit is determined"
        "2个或者5个工作日内出具指导意见，据以确定承办单位";
    R35 Recorded "第十八条第二款"
        "Industries, districts and units may have mechanisms of their own"
        "行业、地区、单位可建立协调机制";
    R36 Enforced "第十九条"
        "An extension is filed before expiry, twice at most, and the requester is told"
        "期满前办理延期，不超过2次，并告知诉求人";
    R37 Enforced "第十九条"
        "An extension counts from the first limit's expiry and is no longer than it"
        "延期自首次期限届满起算，每次不超过原期限";
    R38 Enforced "第二十条第一项"
        "New facts that matter restart the limit from their receipt"
        "影响办理的新情况自收到之日起重新计算";
    R39 Enforced "第二十条第二项"
        "New facts that do not matter are recorded; the limit stands"
        "不影响办理的新情况记录后继续办理";
    R40 Enforced "第二十一条第一款"
        "The requester is told the result before submission, with two exceptions"
        "提交前回复诉求人，两种例外";
    R41 Enforced "第二十一条第一款"
        "The reply is proved by evidence that can be found again"
        "回复的证明材料可查询、可追溯";
    R42 Enforced "第二十一条第二款"
        "The report tells process and reply"
        "提交办理过程和回复情况";
    R43 Enforced "第二十二条"
        "Each type of order has contents of its own"
        "各类工单办理情况的内容";
    R44 Enforced "第二十三条第一项"
        "A commendation is closed after reading"
        "表扬类阅处后结束";
    R45 Enforced "第二十三条第二项"
        "A withdrawal goes through the hotline; a report may be verified further"
        "通过热线撤诉，举报可继续核实";
    R46 Enforced "第二十四条"
        "A repeat without new facts is ended with a written statement"
        "无新情况的重复诉求出具书面材料后结束";
    R47 Enforced "第二十五条第一款"
        "Supervision has a limit and requirements, and is reviewed"
        "督办限期办结并审核";
    R48 Enforced "第二十五条第二款第一项"
        "Overdue without good reason: result and explanation within 2 working days"
        "逾期无正当理由的2个工作日内提交并说明";
    R49 Enforced "第二十五条第二款第二项"
        "Feedback not as required: proper feedback within 5 working days"
        "未按要求反馈的5个工作日内反馈";
    R50 Recorded "第二十五条第二款第三项"
        "Long-term matters are pushed forward by effective measures"
        "需长期推进的采取有效措施";
    R51 Enforced "第二十五条第二款第四项"
        "An objection to a diligence statement is answered within 5 working days"
        "对履职尽责意见有异议的5个工作日内反馈";
    R52 Recorded "第二十六条第一款"
        "Concentrated, lasting matters are watched and listed"
        "监测并列入长期推进事项";
    R53 Enforced "第二十六条第二款"
        "A plan within 10 working days, progress told at least monthly"
        "10个工作日内制定方案，至少每月通报";
    R54 Enforced "第二十六条第三款"
        "Stage results within the limit, the final situation within 3 working days of its end"
        "期限内反馈阶段情况，终结后3个工作日内上报";
    R55 Enforced "第二十七条第一项"
        "The requester rates the hotline's own service"
        "对热线受理服务评价";
    R56 Enforced "第二十七条第二项"
        "The rating channel is offered within 24 hours of the review; not after withdrawal"
        "审核通过后24小时内提供评价渠道，撤诉不评价";
    R57 Enforced "第二十七条第三项"
        "One of five options within 5 calendar days; otherwise unrated"
        "5个自然日内五选一，否则视为无效或者未评价";
    R58 Enforced "第二十八条"
        "Satisfied or unrated ends the order; dissatisfied means a call-back"
        "满意或者未评价结束，不满意回访";
    R59 Enforced "第二十九条第一款、第二款"
        "Dissatisfied may be sent back once, without return or extension"
        "不满意可再次办理1次，不得退回、延期";
    R60 Enforced "第二十九条第三款"
        "Six causes exclude re-handling"
        "六种情形不进入再次办理";
    R61 Enforced "第三十条第一款"
        "Re-handling is reviewed and rated a second time"
        "再次办理审核通过后第二次评价";
    R62 Enforced "第三十条第二款"
        "The second rating ends the order, or is followed by a call-back with reasons"
        "第二次评价满意结束，不满意回访登记原因";
    R63 Enforced "第三十条第三款"
        "A diligence statement within 5 working days, then the order ends"
        "5个工作日内可提交履职尽责意见，后结束";
    R64 Configured "第三十一条"
        "Assessment by indicators whose formulas have versions"
        "考核指标及其公式版本";
    R65 Recorded "第三十二条"
        "Channels and rules are published, supervision by society is accepted"
        "公布受理渠道和规定，接受社会监督";
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numerals as articles write them, up to the last article of chapter 4.
    const NUMERALS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];

    /// Number of the article that a place begins with.
    fn article(place: &str) -> usize {
        let numeral = place.strip_prefix('第').unwrap();
        let (numeral, _) = numeral.split_once('条').unwrap();
        match numeral.split_once('十') {
            None => digit(numeral),
            Some((tens, ones)) => {
                let tens = digit(tens).max(1).saturating_mul(10);
                tens.saturating_add(digit(ones))
            }
        }
    }

    fn digit(numeral: &str) -> usize {
        NUMERALS.iter().position(|one| *one == numeral).unwrap()
    }

    #[test]
    fn rules_are_numbered_without_gaps() {
        let ids: Vec<String> = rules().iter().map(|rule| rule.id.to_owned()).collect();
        let expected: Vec<String> = (1..=65).map(|number| format!("R{number}")).collect();
        assert_eq!(ids, expected);
    }

    #[test]
    fn articles_run_from_2_to_32_and_leave_none_out() {
        let mut named: Vec<usize> = Vec::new();
        for rule in rules() {
            let places = rule.article.split('、');
            named.extend(places.filter(|place| place.contains('条')).map(article));
        }
        assert!(named.is_sorted(), "{named:?}");
        named.dedup();
        assert_eq!(named, (2..=32).collect::<Vec<_>>());
    }

    #[test]
    fn meanings_fit_a_line_of_each_language() {
        for rule in rules() {
            assert!(rule.meaning.is_ascii(), "{}: {}", rule.id, rule.meaning);
            assert!(rule.meaning.len() <= 100, "{}: too long", rule.id);
            assert!(!rule.meaning_zh.is_empty(), "{}: no Chinese", rule.id);
            assert!(!rule.meaning.ends_with('.'), "{}: no sentence", rule.id);
        }
    }
}
