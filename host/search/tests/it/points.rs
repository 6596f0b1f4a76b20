//! Sixty points on what people ask a city's hotline about. All invented.

use chrono::{DateTime, NaiveDate, Utc};
use search::{Document, Status};

/// id | unit | kind | district | until | title | question | answer
const POINTS: &str = "\
fund-withdraw|公积金中心|guide|||住房公积金提取条件|买房怎么取公积金？|购买自住住房、偿还房贷或者租房的职工可以申请提取，凭合同在线办理。
fund-loan|公积金中心|guide|||住房公积金贷款额度|公积金贷款最高能贷多少？|一人申请最高八十万元，两人共同申请最高一百六十万元，按缴存年限计算。
fund-transfer|公积金中心|guide|||异地转移公积金|换了城市工作公积金怎么转？|在新缴存地提交转移申请，资金十个工作日内到账。
fund-stop|公积金中心|policy|||单位停缴公积金的投诉|公司不交公积金怎么办？|可以向管理中心投诉，核实后责令单位限期补缴。
medical-pay|医保局|guide|||医保门诊报销比例|社区医院看病能报多少？|基层医疗机构门诊统筹报销百分之八十五，其他医疗机构百分之六十五。
medical-away|医保局|guide|||异地就医备案|去外地看病怎么备案？|通过国家医保服务平台办理备案，备案后住院费用直接结算。
medical-birth|医保局|policy|||生育津贴申领|生孩子的津贴怎么领？|单位参保职工生育后一年内申请，津贴发到个人账户。
medical-card|医保局|script|||医保电子凭证激活|医保码怎么开通？|在医保服务平台实名认证后激活，看病购药直接出示。
pension-apply|人社局|guide|||养老保险待遇申领|退休手续怎么办？|到龄前一个月由单位或者本人提出申请，审核后按月发放养老金。
pension-verify|人社局|script|||养老金领取资格认证|不能到场怎么做退休认证？|每年一次，通过手机刷脸认证，行动不便的由社区上门服务。
unemployment|人社局|guide|||失业保险金申领|被公司辞退能领失业金吗？|非本人意愿中断就业、缴费满一年并登记失业的可以申领。
wages-late|人社局|policy|||拖欠工资投诉|老板拖欠工资找谁？|向劳动监察大队投诉，提供合同、考勤和转账记录。
injury|人社局|guide|||工伤认定申请|上班途中受伤算工伤吗？|非本人主要责任的交通事故可以认定，三十日内由单位提出申请。
social-card|人社局|script|||社会保障卡挂失补办|社保卡丢了怎么补？|先电话挂失，再到合作银行网点补办，当天可取。
talent-green|人社局|policy|||人才绿卡办理|外地人才怎么申请绿卡？|符合学历或者职称条件的人才可以网上申请，有效期五年。
school-move|教育局|policy|440105 440106|2026-12-31|天河区小学积分入学|外来务工人员子女怎么入学？|按照积分排名安排学位，四月网上报名，六月公布结果。
school-kinder|教育局|guide|||公办幼儿园报名|公立幼儿园什么时候报名？|每年五月网上报名，户籍适龄幼儿电脑派位。
school-exam|教育局|script||2026-06-30|中考报名时间|初中毕业生几月报名？|三月一日至三月十日网上填报，逾期不予受理。
school-fee|教育局|policy|||学校乱收费举报|补课收费合法吗？|义务教育阶段不得有偿补课，可以向教育部门举报。
plate-quota|交通局|guide|||小客车指标摇号|车牌摇号怎么报名？|每月八日前提交申请，二十六日摇号，节能车可以直接竞价。
plate-limit|交警支队|policy|||外地车限行规定|外地车牌哪些天能进城？|实行开四停四，连续行驶不得超过四天，再次行驶须间隔四天。
taxi-refuse|交通局|policy|||出租车拒载投诉|的士拒载怎么投诉？|记下车牌号和时间，核实后对驾驶员处以罚款并扣分。
taxi-illegal|交通局|policy|||非法营运查处|路边无证拉客的车谁管？|由交通执法部门查处，扣押车辆并处三万元以上罚款。
etc-card|交通局|guide|||ETC办理和注销|ETC怎么办理？|在银行网点或者手机上申请，设备免费安装，注销须结清欠费。
metro-lost|地铁集团|script|||地铁失物招领|东西丢在地铁上怎么办？|联系车站服务中心，七天后统一移交失物招领处。
bus-card|交通局|guide|||老年人乘车优惠卡|老人坐公交免费吗？|六十五周岁以上老人免费乘坐公交地铁，凭身份证办卡。
parking-fee|发改委|policy|||路内停车收费标准|路边停车一小时多少钱？|一类地区每小时十六元，免费停放十五分钟。
noise-build|住建局|policy|||建筑工地夜间施工噪音|工地半夜打桩扰民怎么办？|二十二时至次日六时禁止施工，抢修和连续浇筑须持证明公告。
noise-life|公安局|policy|||邻居噪音扰民|楼上半夜放音乐找谁？|可以报警，经劝阻不改的处以警告或者罚款。
noise-dance|城管局|policy|||广场舞噪音投诉|广场舞音响太大谁管？|由城管和公安联合处理，早七点前晚九点后不得使用扩音器。
smoke-bbq|城管局|policy|||露天烧烤油烟污染|烧烤摊油烟大怎么投诉？|禁止在居民区露天烧烤，责令改正并处罚款。
waste-sort|城管局|guide|||生活垃圾分类投放|垃圾怎么分类？|分为可回收物、厨余垃圾、有害垃圾和其他垃圾，定时定点投放。
waste-large|城管局|guide|||大件家具回收|旧沙发怎么扔？|预约街道上门回收，按件收费。
street-stall|城管局|policy|||占道经营查处|小贩占道摆摊怎么处理？|由街道综合执法队劝离，拒不改正的暂扣物品。
illegal-build|城管局|policy|||违法建设举报|邻居天台加建谁来管？|属于违章搭建的，街道核查后责令限期拆除。
water-stop|水投集团|script|||停水抢修进度查询|我家为什么没水了？|输入地址查询抢修公告，恢复时间以通知为准。
water-price|发改委|policy|||阶梯水价标准|水费怎么收？|第一阶梯每立方米一元九角八分，超过部分加价。
water-dirty|水投集团|script|||自来水发黄处理|水龙头流黄水怎么办？|先放水十分钟，仍然发黄的登记后派员检测。
power-stop|供电局|script|||停电报修|家里停电找谁修？|核对是否欠费，片区故障的一般四小时内恢复。
gas-check|燃气集团|script|||燃气安全检查|闻到煤气味怎么办？|立即关阀开窗，到室外拨打抢险电话。
housing-public|住建局|policy|||公共租赁住房申请|低收入家庭怎么申请公租房？|本市户籍、收入和住房面积低于标准的家庭可以申请，轮候分配。
housing-deed|规划和自然资源局|guide|||不动产权证办理|房产证多久能拿到？|资料齐全的一个工作日办结，可以邮寄。
housing-repair|住建局|guide|||维修资金使用|电梯坏了能用维修基金吗？|经三分之二以上业主同意后申请，紧急情况可以先用。
housing-agent|住建局|policy|||房屋中介乱收费|中介乱收费怎么投诉？|提供合同和付款凭证，核实后记入信用档案。
housing-property|住建局|policy|||物业服务投诉|物业不作为怎么办？|先由街道调解，仍不整改的列入诚信档案。
elevator|市场监管局|script|||电梯困人救援|被困电梯里打什么电话？|拨打电梯内的救援电话，三十分钟内到场。
food-safety|市场监管局|policy|||食品过期举报奖励|超市卖过期食品怎么赔？|可以要求价款十倍赔偿，不足一千元的按一千元。
shop-refund|市场监管局|policy|||网购七天无理由退货|网上买的衣服能退吗？|收到货七日内可以退货，定制和鲜活商品除外。
prepaid-card|商务局|policy|||预付卡跑路维权|健身房关门会员卡怎么退？|收集合同和付款凭证，向所在区商务部门投诉。
business-new|市场监管局|guide|||营业执照办理|开一家公司要什么材料？|网上填报，一天办结，免费刻章。
tax-income|税务局|guide|||个人所得税退税|个税年度汇算怎么退税？|三月至六月在个人所得税平台申报，退到银行卡。
tax-invoice|税务局|policy|||拒开发票举报|饭店不开发票怎么办？|保留消费凭证举报，核实后责令补开并处罚款。
residence|公安局|guide|||居住证办理|外地人怎么办居住证？|居住满半年，凭租房合同和身份证申请，十五日发证。
id-card|公安局|guide|||身份证异地补办|身份证丢了在外地能补吗？|任一派出所均可受理，六十日内领取，可以邮寄。
passport|公安局|guide|||护照和港澳通行证|去香港要办什么证？|网上预约，七个工作日出证，续签可以自助办理。
household|公安局|policy|440115||南沙区户口迁入|怎么把户口迁到南沙？|购房、人才和投靠三种途径，材料齐全的二十日办结。
marriage|民政局|guide|||婚姻登记预约|领结婚证要预约吗？|网上预约，双方携带身份证和户口本，当场领证。
elder-allow|民政局|policy|||高龄津贴发放|八十岁老人有补贴吗？|七十周岁以上按年龄每月发放，次月到账。
disabled|残联|guide|||残疾人证办理|残疾证怎么申请？|由户籍所在街道受理，指定医院评定等级。
legal-aid|司法局|guide|||法律援助申请|没钱请律师怎么办？|经济困难的公民可以免费得到法律援助，三日内审查。
";

/// All points, in order.
pub(crate) fn all() -> Vec<Document> {
    POINTS.lines().map(point).collect()
}

/// An instant at which every point with an end is still valid.
pub(crate) fn spring() -> DateTime<Utc> {
    "2026-04-01T00:00:00+08:00".parse().unwrap()
}

fn point(line: &str) -> Document {
    let cells: Vec<&str> = line.split('|').collect();
    let [id, unit, kind, district, until, title, question, answer] = cells.as_slice() else {
        panic!("{line}");
    };
    let some = |cell: &str| (!cell.is_empty()).then(|| cell.to_owned());
    Document {
        id: (*id).to_owned(),
        version: 1,
        title: (*title).to_owned(),
        body: String::new(),
        questions: vec![(*question).to_owned()],
        answers: vec![(*answer).to_owned()],
        unit: (*unit).to_owned(),
        kind: (*kind).to_owned(),
        districts: district.split_whitespace().map(str::to_owned).collect(),
        valid_from: Some("2026-01-01T00:00:00+08:00".parse().unwrap()),
        // Valid through that day.
        valid_until: some(until).map(|day| {
            let next = day.parse::<NaiveDate>().unwrap().succ_opt().unwrap();
            format!("{next}T00:00:00+08:00").parse().unwrap()
        }),
        status: Status::Published,
    }
}
