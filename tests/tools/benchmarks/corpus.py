"""Reports for measurements: as many as wanted, about 3,000 characters each, no two alike. Prose is put together from phrases of the field,
figures come from the labelled sentences with numbers of their own; about seven figures in 1,000 characters, as real reports have.

usage: python -m tests.tools.benchmarks.corpus COUNT FOLDER
"""

from __future__ import annotations

import random
import re
import sys
from pathlib import Path

from tests.tools import training

YEARS = 4
PLACES = {
    "浙江省": "甲乙丙丁",
    "四川省": "戊己庚辛",
    "湖南省": "壬癸子丑",
    "甘肃省": "寅卯辰巳",
    "广东省": "午未申酉",
    "河北省": "戌亥天元",
}
NAMES = "东西南北上下新安平和永长青白金石大小高清云龙凤阳山河江湖泉林"
VILLAGES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武戚莫孔向汤"
LANDS = "家坪湾沟岭寨堡塘冲坝桥头集铺庄岗坳洼埠店滩墩屯营"
HEADS = (
    (
        "加强组织领导，压实法治建设责任",
        "党政主要负责人 法治建设第一责任人 职责清单 领导小组 年度工作要点 述法制度 督查考核 责任分工 会商研判 法治思想 中心组学习 干部职工 旁听庭审 学习计划 任务台账 班子成员 分管领域 长效机制",
    ),
    (
        "规范决策程序，推进依法行政",
        "重大行政决策 合法性审查 公众参与 专家论证 风险评估 集体讨论 法律顾问 规范性文件 备案审查 政府合同 民主集中制 议事规则 决策事项目录 执行情况 终身责任追究 政务信息 公开栏目 意见征集",
    ),
    (
        "严格规范执法，维护公平秩序",
        "行政执法三项制度 综合行政执法队 执法全过程记录 重大执法决定 法制审核 执法人员 资格管理 案卷评查 自由裁量基准 包容审慎监管 柔性执法 日常巡查 违法建设 占道经营 秸秆焚烧 农村宅基地 食品安全 联合执法",
    ),
    (
        "开展普法宣传，营造浓厚氛围",
        "八五普法规划 宪法宣传周 民法典 法治文化广场 农家书屋 乡村大喇叭 微信公众号 法律明白人 学法用户 法治副校长 以案释法 赶集日 宣传展板 院坝会 青少年 老年人 防范电信诈骗 反有组织犯罪",
    ),
    (
        "化解矛盾纠纷，守护一方平安",
        "新时代枫桥经验 人民调解委员会 矛盾纠纷排查 网格化管理 婚姻家庭 土地权属 邻里关系 劳资关系 信访积案 领导包案 综治中心 派出法庭 司法所 心理疏导 重点人群 命案防控 扫黑除恶 平安建设",
    ),
    (
        "优化政务服务，方便群众办事",
        "便民服务中心 一窗受理 高频事项 帮办代办 办事指南 好差评 营商环境 证明事项 告知承诺制 上门服务 村级服务站 电子证照 政务热线 群众诉求 公共法律服务 法律援助 办理时限 延时服务",
    ),
    (
        "强化监督制约，规范权力运行",
        "人大监督 政协民主监督 行政复议 行政应诉 负责人出庭 司法建议 审计整改 政府信息公开 村务公开 廉政风险 问题线索 群众评议 社会监督 舆论监督 建议提案 纪检监察 整改台账 权责清单",
    ),
    (
        "夯实基层基础，提升治理能力",
        "村规民约 居民公约 红白理事会 党建引领 自治法治德治 积分制管理 民主法治示范村 志愿服务队 应急预案 安全生产 防汛抗旱 森林防火 道路交通 消防安全 燃气使用 隐患排查 网格力量 数字化平台",
    ),
)
VERBS = "加强 强化 完善 健全 落实 推进 深化 规范 压实 提升 优化 夯实 统筹 细化 抓好 做实 拓展 巩固 严格 推动 整合 盘活 用好 畅通 紧盯 聚焦 突出 改进 创新 探索".split()
LEADS = "坚持以人民为中心的发展思想 围绕中心工作 立足镇情实际 按照上级统一部署 结合主题教育 以问题为导向 以制度建设为抓手 对标先进地区 在县司法局指导下 充分发挥党员先锋模范作用 着眼长远 针对群众反映强烈的问题 在总结经验的基础上 依托现有阵地 借助信息化手段 会同派出所和司法所 利用农闲时节 面向重点人群 坚持守正创新 遵循法定程序".split()
ENDS = "群众满意度稳步提高 工作质效明显提升 形成齐抓共管的良好格局 取得了较好的社会效果 做到件件有落实、事事有回音 有效防范了各类风险 为经济社会发展提供了有力保障 干部法治意识不断增强 基层基础更加牢固 确保各项要求落到实处 打通服务群众的最后一步 矛盾不出村、问题不上交 推动形成办事依法、遇事找法的氛围 受到群众普遍好评 实现了全流程留痕和可追溯 工作短板逐步补齐 责任链条环环相扣 制度的笼子越扎越紧 治理效能持续释放 邻里关系更加和睦".split()
JOINS = "的 工作 建设 水平 机制 力度 落实 运行 管理 作用".split()
PEOPLE = "驻村干部 网格员 调解员 老党员 乡贤 村民代表 执法队员 志愿者 法律顾问 村组干部 妇联执委 退役军人 人大代表 包村领导 窗口工作人员".split()
DEEDS = "进村入户讲解政策 现场答疑解惑 逐户走访摸排 面对面听取意见 第一时间到场处置 耐心做思想工作 帮助办理手续 发放资料并登记诉求 当场督促整改 跟踪回访办理结果 梳理问题形成清单 定期会商研判".split()


def _prose(chance: random.Random, topics: list[str]) -> str:
    """A sentence without figures on one of the topics."""

    def some(words: list[str]) -> str:
        return words[min(int(chance.expovariate(4 / len(words))), len(words) - 1)]

    def clause() -> str:
        return chance.choice(VERBS) + some(topics) + chance.choice(JOINS).removesuffix("的")

    village = chance.choice(VILLAGES) + chance.choice(LANDS) + "村"
    form = chance.randrange(5)
    if form == 0:
        body = f"{some(LEADS)}，{clause()}，{clause()}，{some(ENDS)}"
    elif form == 1:
        body = f"{clause()}，{clause()}，把{some(topics)}与{some(topics)}结合起来，{some(ENDS)}"
    elif form == 2:
        body = f"组织{some(PEOPLE)}到{village}{some(DEEDS)}，围绕{some(topics)}、{some(topics)}等内容{chance.choice(DEEDS)}"
    elif form == 3:
        body = f"{village}{some(PEOPLE)}在{some(topics)}中{chance.choice(DEEDS)}，{some(ENDS)}"
    else:
        body = f"{some(LEADS)}，{chance.choice(VERBS)}{some(topics)}和{some(topics)}，由{some(PEOPLE)}{some(DEEDS)}，{clause()}"
    return body + "。"


def report(number: int, sentences: list[str]) -> tuple[str, str]:
    """(path, text) of the report with that number. Four numbers in a row are four years of one body."""
    body, year = number // YEARS, 2021 + number % YEARS
    province = list(PLACES)[body % len(PLACES)]
    county = f"{PLACES[province][body // 6 % 4]}{NAMES[body // 24 % 30]}县"
    kind = random.Random(body).choice(["镇", "镇", "乡", "街道"])
    name = f"{NAMES[body // 720 % 30]}{NAMES[body // 21600 % 30]}{NAMES[(7 * body + body // 30) % 30]}{kind}"
    chance = random.Random(f"{number}")

    def redrawn(m: re.Match) -> str:
        return str(chance.randrange(1, 10 ** len(m[0]))) if len(m[0]) < 4 else m[0]

    lines = [
        f"{county}{name}{year}年法治政府建设工作报告",
        "",
        f"{year}年，{name}坚持以习近平法治思想为指导，扎实推进法治政府建设，现将工作情况报告如下：",
        "一、工作开展情况",
    ]
    numbered = chance.sample(sentences, 11)
    heads = chance.sample(HEADS, 6)
    for i, (head, topics) in enumerate(heads):
        own = topics.split()
        chance.shuffle(own)
        said = [_prose(chance, own) for _ in range(chance.randrange(7, 10))]
        for sentence in numbered[2 * i : 2 * i + 2]:
            said.insert(
                chance.randrange(1, len(said)),
                re.sub(r"(?<![\d.])\d+(?![\d.%％])", redrawn, sentence),
            )
        lines.append(f"（{'一二三四五六'[i]}）{head}")
        if chance.random() < 0.4:
            third = len(said) // 3
            parts = said[:third], said[third : 2 * third], said[2 * third :]
            lines += [f"{'一二三'[k]}是{''.join(part)}" for k, part in enumerate(parts)]
        else:
            lines.append("".join(said))
    topics = [t for _, words in HEADS for t in words.split()]
    chance.shuffle(topics)
    lines += ["二、存在的问题"]
    lines += [
        f"（{'一二'[i]}）{topics[i]}有待加强。{_prose(chance, topics)}{_prose(chance, topics)}"
        for i in range(2)
    ]
    lines += ["三、下一步打算"]
    lines += [
        f"{i + 1}.{chance.choice(VERBS)}{topics[5 + i]}。{_prose(chance, topics)}{_prose(chance, topics)}"
        for i in range(3)
    ]
    lines += ["", f"{county}{name}人民政府", f"{year + 1}年1月{number % 28 + 1}日"]
    return f"{province}/甲州市/{county}/{name}{year}年{body:06d}.txt", "\n".join(lines) + "\n"


def main() -> None:
    """Writes the reports."""
    count, folder = int(sys.argv[1]), Path(sys.argv[2])
    sentences = [t for t, _ in (*training.sentences(), *training.more_sentences())]
    for number in range(count):
        path, text = report(number, sentences)
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
