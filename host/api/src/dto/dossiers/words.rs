//! Closed sets of words about dossiers, as they stand in JSON, each with its Chinese meaning.

use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::dto::vocabulary::vocabulary;

vocabulary! {
    /// Kind of dossier.
    DossierKind = lifecycle::dossier::DossierKind {
        LongTermMatter = "long_term_matter" "长期推进事项",
        LiaisonFiling = "liaison_filing" "人员调整备案",
        JointConference = "joint_conference" "联席会议",
        Training = "training" "培训记录",
        Contact = "contact" "来电来信记录",
        OwnMechanism = "own_mechanism" "疑难工单协调机制提请审定",
        Publication = "publication" "公布与意见建议",
    }

    /// What a deadline of a dossier is for.
    DossierDeadlineKind = lifecycle::dossier::DossierDeadlineKind {
        Filing = "filing" "人员调整备案",
        Bulletin = "bulletin" "定期通报",
        Plan = "plan" "制定解决方案",
        Progress = "progress" "向诉求人通报推进情况",
        FinalReport = "final_report" "向上级业务指导部门报最终情况",
        Feedback = "feedback" "反馈诉求人和热线中心",
        Plenary = "plenary" "联席会议全体会议",
    }

    /// How strictly a limit binds. None of them blocks.
    Force = lifecycle::dossier::Force {
        Law = "law" "实施细则规定的期限",
        InPrinciple = "in_principle" "原则性期限，逾期提醒",
        Target = "target" "中心自定目标",
    }

    /// Position whose change is filed (Art. 7).
    Position = lifecycle::dossier::Position {
        LeaderInCharge = "leader_in_charge" "分管领导",
        LiaisonOfficer = "liaison_officer" "专职人员",
    }

    /// Kind of meeting (Art. 3).
    MeetingKind = lifecycle::dossier::MeetingKind {
        Plenary = "plenary" "全体会议",
        Liaison = "liaison" "联络员会议",
        Research = "research" "联合调研",
    }

    /// Emergency line to which a contact was handed.
    EmergencyLine = lifecycle::dossier::EmergencyLine {
        Police = "110" "公安报警",
        Fire = "119" "消防救援",
        Ambulance = "120" "医疗急救",
        Traffic = "122" "交通事故报警",
    }

    /// How an emergency was handed over.
    HandOff = lifecycle::dossier::HandOff {
        Transferred = "transferred" "一键转接",
        ThreePartyCall = "three_party_call" "三方通话",
        ToldToDial = "told_to_dial" "告知自行拨打",
    }

    /// Why something is no matter of the hotline (Art. 2).
    ScopeReason = lifecycle::dossier::ScopeReason {
        OutsideTheCity = "outside_the_city" "不在本市行政区域内",
        NotPublic = "not_public" "不属于行政管理或者公共服务",
        NoMatter = "no_matter" "不属于热线事项",
    }

    /// Who decides what a mechanism submits (Art. 18).
    SubmittedTo = lifecycle::dossier::SubmittedTo {
        JointConference = "joint_conference" "热线联席会议",
        MunicipalGovernment = "municipal_government" "市人民政府",
    }

    /// Whose supervision the hotline accepts (Art. 32).
    Supervisor = lifecycle::dossier::Supervisor {
        PeoplesCongress = "peoples_congress" "人大",
        Cppcc = "cppcc" "政协",
        DemocraticParty = "democratic_party" "民主党派",
        Public = "public" "社会公众",
        Media = "media" "新闻媒体",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_the_core() {
        for kind in lifecycle::dossier::DossierDeadlineKind::ALL {
            assert_eq!(DossierDeadlineKind::from(kind).word(), kind.name());
        }
        let core = serde_json::to_value(lifecycle::dossier::Supervisor::PeoplesCongress).unwrap();
        assert_eq!(core, Supervisor::PeoplesCongress.word());
    }
}
