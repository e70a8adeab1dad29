"""Heads and feet of published pages around one short report, in the kinds that portals print."""

import pytest

from schemas.errors import Rejected
from transforms import identity, parse
from transforms.readers import Document

BODY = """2023年，石桥镇认真落实县委、县政府部署，依法行政水平有了提高。现将有关情况报告如下：
一、主要工作
（一）抓学习。组织会前学法7次，培训干部86人次。
（二）抓调解。化解纠纷54件。
二、存在不足
普法形式比较单一。
三、2024年打算
举办法治讲座9场。
"""
TITLE = "石桥镇2023年法治政府建设情况报告"
LONG = "平川县石桥镇人民政府关于2023年度法治政府建设情况的报告"
BODY_NAME = "石桥镇人民政府"
LONG_NAME = "平川县石桥镇人民政府"
DAY = "2024-01-12"

REGISTER = identity.read_register(
    """code,name,county_code,county,prefecture,province
110101,石桥镇,1101,平川县,云岭市,甘肃省
120101,石桥镇,1201,南泽区,海陵市,江苏省
120102,南泽街道,1201,南泽区,海陵市,江苏省
110102,白沙乡,1101,平川县,云岭市,甘肃省
""".encode()
)

# head, foot, title, issuer, date of issue
PAGES = {
    "labels with bullets, values two lines below": (
        f"返回顶部\n\n{TITLE}\n\n  • 索引号:\n\n    620100/2024-0005\n  • 主题分类:\n\n  • 来源:\n\n"
        "  • 发文机构:\n\n    平川县石桥镇人民政府\n  • 发文日期:\n\n    2024年01月12日 16:40\n"
        f"  • 内容概述:\n\n{TITLE}\n\n",
        "",
        (TITLE, LONG_NAME, DAY),
    ),
    "the day of the visit above": (
        f"平川县人民政府 2025年3月3日 星期一\n\n无障碍 简体| 繁体\n\n{TITLE}\n来源:石桥镇人民政府 发布时间:2024-01-12 09:18\n\n",
        "",
        (TITLE, BODY_NAME, DAY),
    ),
    "two bodies above the subject": (
        "中共平川县石桥镇委员会\n平川县石桥镇人民政府\n关于2023年度法治政府建设情况的报告\n县委、县政府:\n",
        "",
        (
            "中共平川县石桥镇委员会平川县石桥镇人民政府关于2023年度法治政府建设情况的报告",
            "中共平川县石桥镇委员会平川县石桥镇人民政府",
            None,
        ),
    ),
    "the title of the page with hyphens": (
        f"{TITLE} - 法治政府建设 - 平川县人民政府\n\n{TITLE}\n时间:2024-01-12 15:36 浏览量:1\n\n",
        "",
        (TITLE, None, DAY),
    ),
    "letters for the size of the type": (
        f"您现在所在的位置 : 首页 > 信息公开 > 石桥镇 > 正文\n{TITLE}\nA- A A+\n2024-01-12 | 来源：石桥镇人民政府 | 作者：党政办 | 阅读：56\n",
        "",
        (TITLE, BODY_NAME, DAY),
    ),
    "all labels, then all values": (
        f"索引号\n发布机构\n成文日期\n公开方式\n620100-2024-0007\n平川县石桥镇人民政府\n2024-01-12\n主动公开\n{TITLE}\n",
        "",
        (TITLE, LONG_NAME, DAY),
    ),
    "a title in brackets, put up for public view": (
        f"关于{LONG}的公示\n\n{LONG}\n\n发布人：admin 发布时间：2024/1/12 点击：[32]次\n\n",
        "",
        (LONG, LONG_NAME, DAY),
    ),
    "a summary with a label": (
        f"{TITLE}\n内容概述：2023年，石桥镇培训干部86人次，化解纠纷54件。\n发布机构：石桥镇人民政府\n发布日期：2024-01-12\n",
        "",
        (TITLE, BODY_NAME, DAY),
    ),
    "buttons in brackets": (
        f"{TITLE}\n时间：2024-01-12 09:33:21　　来源：石桥镇党政办公室 【打印】【关闭】\n[收藏] [打印] [关闭]\n",
        "【关闭窗口】 【打印本页】\n",
        (TITLE, "石桥镇党政办公室", DAY),
    ),
    "labels above their values, in pairs": (
        f"信息索引：\n620100/2024-0001\n生成日期：\n2024-01-12\n发布机构：\n石桥镇人民政府\n名 称：\n{TITLE}\n文 号：\n石政发〔2024〕3号\n",
        "",
        (TITLE, BODY_NAME, DAY),
    ),
    "a file above the body": (
        f"{LONG}\n附件：{LONG}.docx\n发布日期：2024年1月12日\n",
        "",
        (LONG, LONG_NAME, DAY),
    ),
    "a title in pipes": (
        f"| {TITLE} |\n| 发布时间 | 2024-01-12 | 发布单位 | 石桥镇人民政府 |\n| --- | --- | --- | --- |\n",
        "",
        (TITLE, BODY_NAME, DAY),
    ),
    "a title spread out": (
        "石 桥 镇 2023 年 法 治 政 府 建 设 情 况 报 告\n\n2024年1月12日\n\n",
        "",
        (TITLE, None, DAY),
    ),
    "menu in two languages": (
        f"Home | About us | 中文 | English\n首页\n新闻中心\n政务公开\n互动交流\n走进平川\n{TITLE}\n发布：2024-01-12\n",
        "",
        (TITLE, None, DAY),
    ),
    "a date in Chinese numerals below": (
        f"{LONG}\n（二〇二四年一月十二日）\n\n",
        "",
        (LONG, LONG_NAME, DAY),
    ),
    "the number of the paper below the title": (
        f"{TITLE}\n石政字〔2024〕2号\n\n县司法局：\n",
        "石桥镇人民政府\n2024年1月12日\n（此件公开发布）\n",
        (TITLE, BODY_NAME, DAY),
    ),
    "an imprint with telephone and numbers": (
        f"{TITLE}\n",
        "石桥镇人民政府\n2024年1月12日\n主办单位：平川县人民政府 承办单位：平川县政府办公室 地址：平川县人民路18号\n"
        "电话：0900-1234567 邮编：730000\n甘ICP备05001234号-1 甘公网安备 62010002000001号\n网站标识码：6201000001\n",
        (TITLE, BODY_NAME, DAY),
    ),
    "links to other reports below": (
        f"{TITLE}\n发布日期：2024-01-12\n",
        "上一条：石桥镇2022年法治政府建设情况报告\n下一条：石桥镇2023年政务公开工作报告\n",
        (TITLE, None, DAY),
    ),
    "a list of related pages below": (
        f"{TITLE}\n发布日期：2024-01-12\n",
        "相关信息\n• 石桥镇2022年法治政府建设情况报告 2023-01-11\n• 白沙乡2023年法治政府建设情况报告 2024-01-09\n",
        (TITLE, None, DAY),
    ),
    "share below": (
        f"{TITLE}\n发布日期：2024-01-12\n",
        "分享到：QQ空间 新浪微博 微信\n扫一扫在手机打开当前页\n",
        (TITLE, None, DAY),
    ),
    "hyphens for colons": (
        f"发布机构-平川县石桥镇人民政府\n发布日期-2024-01-12\n{TITLE}\n",
        "",
        (TITLE, LONG_NAME, DAY),
    ),
    "blanks for colons, four pairs on two lines": (
        f"索 引 号 PC01/2024-00013 主题分类 政法、司法\n发布机构 石桥镇人民政府 发文日期 2024-01-12\n{TITLE}\n",
        "",
        (TITLE, BODY_NAME, DAY),
    ),
    "an address of the web": (
        f"https://www.example.gov.cn/zwgk/202401/t20240112_5531.html\n{TITLE}\n2024-01-12 来源： 石桥镇\n",
        "",
        (TITLE, None, DAY),
    ),
    "a title cut short in a list": (
        f"石桥镇2023年法治政府建设情况…\n{TITLE}\n发布时间：2024-01-12\n",
        "",
        (TITLE, None, DAY),
    ),
    "a login and a date": (
        f"{TITLE}\nadmin 发表于 2024-01-12 | 分类：年度报告 | 阅读(128)\n",
        "",
        (TITLE, None, DAY),
    ),
    "a notice that the site was rebuilt": (
        f"尊敬的用户，您好！本网站已于2025年1月1日改版升级，敬请关注。\n{TITLE}\n发布日期：2024-01-12\n",
        "",
        (TITLE, None, DAY),
    ),
    "weather and calendar": (
        f"今日天气：晴 12℃~20℃ 农历十二月初二\n平川县人民政府门户网站\n{TITLE}\n日期：2024-01-12\n",
        "",
        (TITLE, None, DAY),
    ),
    "a column, then a title without a year": (
        "法治政府建设年度报告\n石桥镇法治政府建设情况报告\n2024-01-12\n",
        "",
        ("石桥镇法治政府建设情况报告", None, DAY),
    ),
    "no title, a number and an addressee": (
        "石政发〔2024〕3号\n签发人：李某\n县委全面依法治县委员会办公室：\n",
        "石桥镇人民政府\n2024年1月12日\n",
        (None, BODY_NAME, DAY),
    ),
    "brackets around each pair": (
        f"{TITLE}\n【发布时间：2024年01月12日】 【浏览次数：37】 【信息来源：石桥镇人民政府】\n",
        "",
        (TITLE, BODY_NAME, DAY),
    ),
    "a date on the line of the title": (
        f"{TITLE}（2024年1月12日）\n",
        "",
        (TITLE, None, DAY),
    ),
    "a mark of the column before the title": (
        f"【年度报告】{TITLE}\n[ 2024-01-12 ]\n",
        "",
        (TITLE, None, DAY),
    ),
    "publisher and day in one bracket": (
        f"{TITLE}\n（石桥镇人民政府 2024年1月12日）\n",
        "",
        (TITLE, BODY_NAME, DAY),
    ),
    "steps with arrows, a step a line": (
        f"当前位置：\n首页\n>>\n政务公开\n>>\n乡镇街道\n>>\n石桥镇\n{TITLE}\n发布日期：2024-01-12\n",
        "",
        (TITLE, None, DAY),
    ),
    "steps with slashes": (
        f"首页 / 政府信息公开 / 法定主动公开内容 / 法治政府建设年度报告\n{LONG}\n2024-01-12 17:05:11 石桥镇\n",
        "",
        (LONG, LONG_NAME, DAY),
    ),
    "a last paragraph that speaks of hosts and supporters": (
        f"{TITLE}\n",
        "活动由镇司法所承办，承办单位之外还有技术支持单位，下一步将请县融媒体中心一并参加\n",
        (TITLE, None, None),
    ),
    "validity and abolition": (
        f"文件名称：{TITLE}\n索引编号：620100/2024-0031　公开责任单位：石桥镇人民政府\n生成日期：2024-01-12　有效性：有效　废止日期：\n公开范围：面向社会\n",
        "",
        (TITLE, BODY_NAME, DAY),
    ),
    "pictures and icons": (
        f"图片\nlogo\n×\n☰\n{TITLE}\n🕐 2024-01-12   👁 57\n",
        "",
        (TITLE, None, DAY),
    ),
    "the page says when it was changed": (
        f"{TITLE}\n发布时间：2024-01-12 更新时间：2024-06-30 来源：平川县政府网 责任编辑：王某 审核：李某\n",
        "",
        (TITLE, None, DAY),
    ),
    "a title after the name of the site on its line": (
        f"平川县人民政府  {TITLE}\n2024-01-12\n",
        "",
        (TITLE, None, DAY),
    ),
    "signed by party and government": (
        f"{TITLE}\n",
        "中共石桥镇委员会\n石桥镇人民政府\n二〇二四年一月十二日\n",
        (TITLE, "中共石桥镇委员会", DAY),
    ),
    "an adult's guide to the search": (
        f"请输入关键字\n热门搜索：社保 公积金 营商环境\n本站 全省\n{TITLE}\n发布机构：石桥镇人民政府\n发布日期：2024-01-12\n",
        "",
        (TITLE, BODY_NAME, DAY),
    ),
    "published for the body by its office": (
        f"{TITLE}\n供稿：石桥镇党政综合办公室  时间：2024-01-12  审核：镇党委\n",
        "",
        (TITLE, "石桥镇党政综合办公室", DAY),
    ),
    "a title over three lines": (
        "平川县石桥镇人民政府\n关于2023年度\n法治政府建设情况的报告\n\n县政府：\n",
        "",
        (LONG, LONG_NAME, None),
    ),
    "a seal and a copy list": (
        f"{TITLE}\n",
        "石桥镇人民政府（盖章）\n2024年1月12日\n抄送：县委依法治县办、县司法局\n石桥镇党政办公室 2024年1月12日印发\n",
        (TITLE, BODY_NAME, DAY),
    ),
    "counters in words": (
        f"{TITLE}\n已有 132 人阅读\n本文共1024字，阅读约需3分钟\n2024-01-12\n",
        "",
        (TITLE, None, DAY),
    ),
}


# kinds that were thought of later
PAGES |= {
    "a catalogue of the province: labels and values a line each, in two blocks": (
        f"石桥镇2023年法治政府建设情况报告-法治政府建设年度报告\n\n索引号：\n\n11620100012345678X/2024-00011\n\n分类：\n\n法治政府建设\n\n发布机构：\n\n石桥镇人民政府\n\n成文日期：\n\n2024-01-12\n\n名称：\n\n{TITLE}\n\n文号：\n\n主题词：\n\n{TITLE}\n\n发布日期：2024-01-12  浏览次数：-\n\n【字体：大 中 小】\n\n",
        "",
        (TITLE, BODY_NAME, DAY),
    ),
    "single line all": (
        f"索引号：62010/2024-00007 主题分类：其他 发文机关：平川县石桥镇人民政府 成文日期：2024-01-12 标题：{TITLE} 发文字号： 发布日期：2024-01-15\n",
        "",
        (TITLE, LONG_NAME, DAY),
    ),
    "today nav then": (
        f"今天是：2025年5月6日 星期二 | 设为首页 | 加入收藏\n网站首页 | 走进石桥 | 新闻中心 | 政务公开 | 办事服务\n您当前的位置：网站首页 >> 政务公开 >> 法治政府建设\n{TITLE}\n文章来源：石桥镇人民政府 更新时间：2024-01-12 点击数：128 次 字号：【大】【中】【小】\n",
        "",
        (TITLE, BODY_NAME, DAY),
    ),
    "wechat": (
        f"{LONG}\n原创 石桥镇 平川石桥 2024-01-12 18:02 甘肃\n点击蓝字 关注我们\n",
        "阅读原文\n喜欢此内容的人还喜欢\n",
        (LONG, LONG_NAME, DAY),
    ),
    "pdf header": (
        "平川县石桥镇人民政府文件\n\n石政发〔2024〕5号\n\n\n平川县石桥镇人民政府\n关于2023年度法治政府建设情况的报告\n\n县人民政府：\n",
        "平川县石桥镇人民政府\n2024年1月12日\n\n\n（联系人：张某，电话：0900-1234567）\n\n\n- 3 -\n石桥镇党政办公室            2024年1月12日印发\n",
        (LONG, LONG_NAME, DAY),
    ),
    "colon before site": (f"平川县人民政府网站：{TITLE}\n2024-01-12\n", "", (TITLE, None, DAY)),
    "a title in quotation marks": (
        f"“{TITLE}”\n时间：2024年1月12日\n来源：本网\n",
        "",
        (TITLE, None, DAY),
    ),
    "red brand split": (
        f"平川\nPINGCHUAN\n平川县人民政府\nwww.example.gov.cn\n热点：清廉平川\n\n{TITLE}\n\n来源：石桥镇 | 发布日期：2024-01-12 | 浏览：次\n\n",
        "",
        (TITLE, None, DAY),
    ),
    "document label block right": (
        f"公开事项名称：{TITLE}\n公开责任部门：石桥镇人民政府\n产生日期：2024-01-12\n公开时间：2024-01-15\n公开属性：主动公开\n",
        "",
        (TITLE, BODY_NAME, DAY),
    ),
    "labels and values between tabs": (
        f"索引号\t620/2024-5\t发布机构\t石桥镇人民政府\n主题分类\t司法\t发布日期\t2024-01-12\n{TITLE}\n",
        "",
        (TITLE, BODY_NAME, DAY),
    ),
    "print buttons multi": (
        f"{TITLE}\n2024-01-12 10:00\n字体：\n大\n中\n小\n收藏\n打印\n分享到：\n",
        "",
        (TITLE, None, DAY),
    ),
    "no year title w/ bracket year": (
        "石桥镇法治政府建设工作总结\n（2023年度）\n",
        "",
        ("石桥镇法治政府建设工作总结", None, None),
    ),
    "title w dash subtitle": (
        "石桥镇人民政府\n2023年法治政府建设年度报告\n——强化依法行政 服务乡村振兴\n",
        "",
        ("石桥镇人民政府2023年法治政府建设年度报告", BODY_NAME, None),
    ),
    "attachment lines above": (
        f"附件下载：\n1.{TITLE}.pdf\n{TITLE}\n发布机构：石桥镇人民政府 发布时间：2024-01-12\n",
        "",
        (TITLE, BODY_NAME, DAY),
    ),
    "source w/ time no label": (
        f"{TITLE}\n石桥镇  2024-01-12 08:00  浏览 45 次\n",
        "",
        (TITLE, None, DAY),
    ),
    "publisher county": (
        f"{TITLE}\n发布单位：平川县石桥镇    发布日期：2024-01-12\n",
        "",
        (TITLE, "平川县石桥镇", DAY),
    ),
    "source site": (
        f"{TITLE}\n来源：平川县人民政府门户网站  日期：2024-01-12\n",
        "",
        (TITLE, None, DAY),
    ),
    "source county gov": (
        f"{TITLE}\n来源：平川县人民政府  日期：2024-01-12\n",
        "",
        (TITLE, "平川县人民政府", DAY),
    ),
    "comment form": (
        f"{TITLE}\n发布时间：2024-01-12\n",
        "网友评论\n您的姓名：\n评论内容：\n验证码：\n提交\n",
        (TITLE, None, DAY),
    ),
    "qr footer": (
        f"{TITLE}\n发布时间：2024-01-12\n",
        "扫一扫 手机端浏览\n相关稿件\n版权所有：平川县人民政府 备案序号：甘ICP备19001234号\n您是第 1234567 位访问者\n",
        (TITLE, None, DAY),
    ),
    "foot metadata": (
        f"{TITLE}\n",
        "来源：石桥镇人民政府\n发布日期：2024-01-12\n责任编辑：某某\n",
        (TITLE, BODY_NAME, DAY),
    ),
    "foot sign and page": (
        f"{TITLE}\n",
        "石桥镇人民政府\n2024年1月12日\n\n[打印本页] [关闭窗口]\n部门网站\n县政府网站\n友情链接：中国政府网 甘肃省人民政府\n",
        (TITLE, BODY_NAME, DAY),
    ),
    "date with slash and publish": (
        f"{TITLE}\n发布者：石桥镇管理员 发布时间：2024/01/12 00:00:00 阅读量：19\n",
        "",
        (TITLE, None, DAY),
    ),
    "table 4 col no pipes": (
        f"信息名称：{TITLE}\n信息索引：620100-2024-00003    生成日期：2024年01月12日    发文机构：石桥镇人民政府\n内容分类：法治建设    文件编号：    \n关键词：法治政府 报告\n内容概述：\n",
        "",
        (TITLE, BODY_NAME, DAY),
    ),
    "government office of township": (
        f"{TITLE}\n[信息来源：石桥镇政府办公室] [发布日期：2024-01-12] [浏览次数：100]\n",
        "",
        (TITLE, "石桥镇政府办公室", DAY),
    ),
    "english month": (f"{TITLE}\nPublished: 2024-01-12 Views: 33\n", "", (TITLE, None, DAY)),
    "vertical bars in title": (
        f"首页｜政务公开｜{TITLE}\n{TITLE}\n日期｜2024-01-12\n",
        "",
        (TITLE, None, DAY),
    ),
    "half title repeated cut": (
        f"石桥镇2023年法治政府建设情况报...\n2024-01-12\n{TITLE}\n",
        "",
        (TITLE, None, DAY),
    ),
    "colon spaced labels": (
        f"索　引　号 ： 620100/2024-00001\n公 开 日 期 ： 2024-01-12\n发 布 机 构 ： 石桥镇人民政府\n标 　 　 题 ： {TITLE}\n",
        "",
        (TITLE, BODY_NAME, DAY),
    ),
    "dates in words": (f"{TITLE}\n发布日期：二〇二四年一月十二日\n", "", (TITLE, None, DAY)),
    "speech bubble": (
        f"×\n小石为您服务\n请问有什么可以帮您？\n{TITLE}\n2024年01月12日 来源：石桥镇\n",
        "",
        (TITLE, None, DAY),
    ),
    "mixed fullwidth": (
        f"发布日期：２０２４－０１－１２　发布机构：石桥镇人民政府\n{TITLE}\n",
        "",
        (TITLE, BODY_NAME, DAY),
    ),
    "emptied labels": (
        f"发布机构：\n成文日期：\n有效性：\n{TITLE}\n发布日期：2024-01-12\n",
        "",
        (TITLE, None, DAY),
    ),
    "site suffix |": (f"{TITLE} | 平川县人民政府\n{TITLE}\n2024-01-12\n", "", (TITLE, None, DAY)),
    "short site above same line": (
        f"石桥镇政务公开网 {TITLE}\n2024-01-12\n",
        "",
        (TITLE, None, DAY),
    ),
    "two titles differ": (
        f"{TITLE}\n\n石桥镇人民政府\n关于2023年法治政府建设工作情况的报告\n\n县委、县政府：\n",
        "",
        (TITLE, BODY_NAME, None),
    ),
    "parent column with year": (
        f"2023年法治政府建设年度报告\n{LONG}\n日期：2024-01-12\n",
        "",
        (LONG, LONG_NAME, DAY),
    ),
    "author": (
        f"{TITLE}\n作者：李某 来源：石桥镇司法所 时间：2024-01-12 已浏览 32 次\n",
        "",
        (TITLE, "石桥镇司法所", DAY),
    ),
    "foot tel": (
        f"{TITLE}\n",
        "平川县石桥镇人民政府\n二〇二四年一月十二日\n地址：平川县石桥镇中街1号 邮编：730000 电话：0900-7654321 传真：0900-7654322\n",
        (TITLE, LONG_NAME, DAY),
    ),
    "a label and its colon on lines of their own": (
        f"索引号\n：\nA620/2024-1\n发布机构\n：\n{LONG_NAME}\n发文日期\n：\n{DAY}\n名称\n：\n{TITLE}\n\n{TITLE}\n",
        "",
        (TITLE, LONG_NAME, DAY),
    ),
    "the name of the paper in a row of a table": (
        f"索引号\tA620/2024-1\t主题分类\t法治\n发布机构\t{LONG_NAME}\t发布日期\t2024年01月12日\n"
        f"名称\t{TITLE}\n文号\t\t有效性\t有效\n\n{TITLE}\n",
        "",
        (TITLE, LONG_NAME, DAY),
    ),
    "a notice that announces the report": (
        f"关于公开石桥镇2023年法治政府建设年度报告的公告\n根据有关规定，现将《{LONG}》予以公开。\n\n"
        f"{LONG}\n发布时间：2024-01-12\n",
        "",
        (LONG, LONG_NAME, DAY),
    ),
    "numbers in nav": (
        f"12345热线 | 政府信箱 | 互动交流\n网站支持IPv6 | 无障碍阅读\n{TITLE}\n2024-01-12\n",
        "",
        (TITLE, None, DAY),
    ),
}


def understood(head, foot, body=BODY):
    text = head + body + foot
    try:
        report = parse(Document(text, "text/plain", "utf-8", "text/1"))
    except Rejected:
        return None
    claims = report.claims
    place = identity.resolve_body(claims, text, REGISTER)
    values = [r.figure.value for r in report.readings if r.figure.qualifier != "implied"]
    headings = [s.heading for s in report.sections if s.heading and s.kind != "item"]
    return (
        (claims.title, claims.issuer, claims.issued_on),
        claims.report_year,
        place.township,
        values,
        len(headings),
    )


@pytest.mark.parametrize("name", PAGES)
def test_the_head_and_foot_of_a_page_are_read_line_by_line(name):
    head, foot, said = PAGES[name]
    assert understood(head, foot) == (said, 2023, "石桥镇", [7, 86, 54, 9], 5)


# ways in which the body goes on below a head: the report, and how many headings it has
UNNUMBERED = {
    "一、主要工作": "主要工作情况",
    "二、存在不足": "存在的不足",
    "三、2024年打算": "2024年工作打算",
    "（一）抓学习。": "",
    "（二）抓调解。": "",
}
FIRST, REST = BODY.split("\n", 1)
WRAPPED = "2023年，石桥镇认真落实县委、县政府的各项\n部署，依法行政水平有了提高。现将有关情况报告如\n下：\n"
NOTICE = "根据有关规定，现将石桥镇2023年法治政府建设情况公布如下。\n"
without_numbers = BODY
for numbered, plain in UNNUMBERED.items():
    without_numbers = without_numbers.replace(numbered, plain)
BODIES = {
    "as usual": (BODY, 5),
    "no year at its beginning": (BODY.replace("2023年，", "今年以来，"), 5),
    "a heading first": (REST, 5),
    "commas in half width": (BODY.replace("，", ","), 5),
    "wrapped by hand": (WRAPPED + REST, 5),
    "headings without numbers": (without_numbers, 3),
    "a notice line": (NOTICE + REST, 5),
    "indented": ("\n".join(f"　　{line}" for line in BODY.split("\n")), 5),
    "a paragraph without a full stop": (BODY.replace("单一。", "单一"), 5),
}
HEADS = {
    f"{TITLE}\n": (TITLE, None, None),
    f"首页 > 政务公开 > 石桥镇\n{TITLE}\n发布日期：2024-01-12 来源：石桥镇\n\n": (TITLE, None, DAY),
    f"索引号：620/2024-1 发布机构：石桥镇人民政府\n成文日期：2024-01-12\n{TITLE}\n\n": (
        TITLE,
        BODY_NAME,
        DAY,
    ),
    f"{TITLE}\n\n县委、县政府：\n": (TITLE, None, None),
    f"• 620100/2024-00005\n• 石桥镇人民政府\n• 2024-01-12\n\n{TITLE}\n": (TITLE, BODY_NAME, DAY),
}
SIGNED = "\n石桥镇人民政府\n2024年1月12日\n\n打印 关闭\n阅读：51\n"
LINKED = "\n上一篇：没有了\n下一篇：石桥镇2022年法治政府建设情况报告\n"


@pytest.mark.parametrize("name", BODIES)
def test_heads_and_feet_around_bodies_of_many_forms(name):
    body, headings = BODIES[name]
    for head, (title, issuer, day) in HEADS.items():
        expected = ((title, issuer, day), 2023, "石桥镇", [7, 86, 54, 9], headings)
        assert understood(head, LINKED, body) == expected
        signed = ((title, BODY_NAME, DAY), *expected[1:])
        assert understood(head, SIGNED, body) == signed


@pytest.mark.parametrize("line", ["法治" * 30_000, "发布机构：" + "镇" * 30_000])
def test_an_endless_line_in_the_head_takes_no_endless_time(line):
    assert understood(f"{line}\n{TITLE}\n", "") is not None
