"""What is written in pictures: signs, words, numbers, codes, and the labels of charts and screens."""

from __future__ import annotations

import json
import random
from pathlib import Path

from ..core import choose, held_out

SIGNS_EN = """Open|Closed|Exit|Entrance|Push|Pull|Stop|Sale|Sold out|For rent|No parking|No smoking|Keep out|Do not enter|Wet floor|Danger|Caution|Please wait|Please ring the bell|Back soon|Welcome|Welcome home|Thank you|Good morning|Good night|
Happy birthday|Merry Christmas|Happy new year|Congratulations|Best wishes|Get well soon|I love you|See you soon|Free Wi-Fi|Free coffee|Fresh bread|Hot drinks|Ice cream|Lunch menu|Today's special|Fish and chips|Take away|Cash only|Ticket office|Information|
Lost and found|First aid|Fire exit|Emergency|Elevator|Stairs|Toilets|Platform 4|Gate 12|Room 204|Floor 3|Bus stop|Taxi|Airport|Hotel|Hospital|Police|Library|Museum|Post office|Bakery|Bookshop|Pharmacy|School zone|Slow down|One way|No entry|Speed limit 50|
Keep left|Turn right|Road closed|Private property|Beware of the dog|Please do not touch|Quiet please|Staff only|Mind the gap|Mind your head|Out of order|Under construction|Hello world|Never give up|Keep calm|Just do it|Follow your heart|Time is money|
Better late than never|Home sweet home|Live and learn|Practice makes perfect|Knowledge is power|Save water|Save energy|Recycle here|Handle with care|This side up|Fragile|Made by hand|Best before May 2027|Batteries not included|Keep dry|50% off|Buy one get one free|
Last day|New arrival|Big sale|Coming soon|Now playing|Game over|Level 5|Try again|You win|Loading|Error 404|Page not found|Password|Sign up|Meeting at 3 pm|Call me back|Buy milk and eggs|Do homework|Team lunch|Project plan|Weekly report|Shopping list""".replace("\n", "").split("|")
SIGNS_ZH = """开门|关门|出口|入口|推|拉|停|大减价|售完|出租|禁止停车|禁止吸烟|请勿入内|小心地滑|危险|注意安全|请稍候|请按门铃|马上回来|欢迎光临|欢迎回家|谢谢|早上好|晚安|生日快乐|圣诞快乐|新年快乐|恭喜发财|万事如意|身体健康|平安喜乐|我爱你|一会儿见|免费上网|新鲜面包|热饮|冰淇淋|
午餐菜单|今日特价|外卖|只收现金|售票处|问讯处|失物招领|急救|安全出口|紧急情况|电梯|楼梯|洗手间|四号站台|十二号登机口|三楼|公交站|出租车|机场|酒店|医院|警察|图书馆|博物馆|邮局|面包店|书店|药店|前方学校|慢行|单行道|禁止通行|靠左行驶|右转|道路封闭|私人财产|小心有狗|请勿触摸|请安静|员工专用|
小心台阶|小心碰头|暂停使用|正在施工|你好世界|永不放弃|保持冷静|时间就是金钱|熟能生巧|知识就是力量|家和万事兴|好好学习天天向上|节约用水|节约用电|垃圾分类|轻拿轻放|此面向上|易碎品|手工制作|保持干燥|五折优惠|买一送一|最后一天|新品上市|即将开始|正在播放|游戏结束|再试一次|你赢了|加载中|密码|注册|
下午三点开会|请给我回电话|买牛奶和鸡蛋|写作业|团队午餐|项目计划|每周报告|购物清单|天气晴朗|明天有雨|春天来了|我的家乡|快乐周末|北京|上海|广州|成都|西安|中国|中秋节|春节|牛肉面|饺子馆|茶馆|水果店|地铁站|火车站|停车场|动物园|公园|老师好|努力加油|一路平安|心想事成|年年有余""".replace("\n", "").split("|")
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]

# Labels of charts: a topic and its categories.
CHARTS_EN = {
    "Fruit sales": ["Apples", "Pears", "Bananas", "Grapes", "Lemons", "Cherries", "Plums", "Mangoes"], "Favourite colours": ["Red", "Blue", "Green", "Yellow", "Pink", "Black"], "Visitors": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    "Rainfall": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], "Sales": ["2019", "2020", "2021", "2022", "2023", "2024", "2025"], "Pets": ["Cats", "Dogs", "Birds", "Fish", "Rabbits", "Horses"],
    "Points": ["Anna", "Ben", "Clara", "David", "Emma", "Frank", "Grace", "Henry", "Ivy", "Jack", "Lucy", "Tom"], "Cities": ["Paris", "Rome", "Tokyo", "London", "Berlin", "Madrid", "Oslo", "Cairo"], "Transport": ["Car", "Bus", "Train", "Bike", "Walk", "Tram"],
    "Sports": ["Tennis", "Soccer", "Golf", "Hockey", "Chess", "Rugby"], "Revenue": ["Q1", "Q2", "Q3", "Q4"], "Teams": ["A", "B", "C", "D", "E", "F"], "Drinks": ["Tea", "Coffee", "Milk", "Juice", "Water", "Cola"], "Subjects": ["Math", "Art", "Music", "History", "Physics", "Biology"],
    "Budget": ["Rent", "Food", "Travel", "Books", "Games", "Other"], "Shops": ["North", "South", "East", "West"],
}
CHARTS_ZH = {
    "水果销量": ["苹果", "梨", "香蕉", "葡萄", "柠檬", "樱桃", "西瓜", "桃子"], "最爱的颜色": ["红色", "蓝色", "绿色", "黄色", "粉色", "黑色"], "访客": ["周一", "周二", "周三", "周四", "周五", "周六", "周日"], "降雨量": ["一月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月", "十月"],
    "销售额": ["2019", "2020", "2021", "2022", "2023", "2024", "2025"], "宠物": ["猫", "狗", "鸟", "鱼", "兔子", "乌龟"], "得分": ["小明", "小红", "小刚", "小丽", "小华", "小军", "小美", "小东"], "城市": ["北京", "上海", "广州", "成都", "西安", "武汉", "南京", "杭州"],
    "出行方式": ["汽车", "公交", "火车", "自行车", "步行", "地铁"], "运动": ["网球", "足球", "篮球", "跑步", "游泳", "排球"], "收入": ["一季度", "二季度", "三季度", "四季度"], "班级": ["一班", "二班", "三班", "四班", "五班", "六班"], "饮料": ["茶", "咖啡", "牛奶", "果汁", "水", "可乐"],
    "科目": ["语文", "数学", "英语", "音乐", "历史", "物理"], "预算": ["房租", "吃饭", "旅行", "书", "游戏", "其他"], "地区": ["东部", "南部", "西部", "北部"],
}
TITLES_EN = "Settings|Account|Profile|Messages|Login|New note|Contacts|Downloads|Privacy|Display|Sound|Network|Calendar|Music|Photos|Files|Editor|Search|Register|Payment|Checkout|Orders|Weather|Alarm|Notes|Update|Backup|Printer|Language|Help|About|Dashboard|Inbox|Tasks|Reminders".split("|")
TITLES_ZH = "设置|账户|个人资料|消息|登录|新建笔记|联系人|下载|隐私|显示|声音|网络|日历|音乐|照片|文件|编辑器|搜索|注册|支付|结账|订单|天气|闹钟|笔记|更新|备份|打印机|语言|帮助|关于|控制台|收件箱|任务|提醒".split("|")
BUTTONS_EN = "OK|Cancel|Save|Delete|Send|Next|Back|Close|Open|Continue|Sign in|Sign up|Log out|Submit|Apply|Retry|Edit|Share|Copy|Paste|Print|Download|Upload|Search|Buy now|Add|Remove|Start|Stop|Pause|Play|Yes|No|Accept|Decline|Reset|Update|Install|Help|Done|Pay|Skip|Export|Import|Undo|Refresh|Connect|Call".split("|")
BUTTONS_ZH = "确定|取消|保存|删除|发送|下一步|返回|关闭|打开|继续|登录|注册|退出|提交|应用|重试|编辑|分享|复制|粘贴|打印|下载|上传|搜索|立即购买|添加|移除|开始|停止|暂停|播放|是|否|接受|拒绝|重置|更新|安装|帮助|完成|付款|跳过|导出|导入|撤销|刷新|连接|呼叫".split("|")
SWITCHES_EN = "Wi-Fi|Bluetooth|Dark mode|Sound|Location|Updates|Airplane mode|Vibration|Autosave|Sync|Camera|Microphone|Backup|Hotspot|Night light|Captions|Spell check|Notifications|Mobile data|Battery saver".split("|")
SWITCHES_ZH = "无线网络|蓝牙|深色模式|声音|定位|自动更新|飞行模式|振动|自动保存|同步|相机|麦克风|备份|热点|夜间模式|字幕|拼写检查|通知|移动数据|省电模式".split("|")
FIELDS_EN = "Name|Email|Password|City|Phone|Address|Country|Age|Company|Street|Zip code|User name|Date|Title|Subject".split("|")
FIELDS_ZH = "姓名|邮箱|密码|城市|电话|地址|国家|年龄|公司|街道|邮编|用户名|日期|标题|主题".split("|")
PEOPLE_EN = "Anna|Ben|Clara|David|Emma|Frank|Grace|Henry|Ivy|Jack|Lucy|Tom|Mia|Leo|Nora|Paul|Rose|Sam|Zoe|Max".split("|")
PEOPLE_ZH = "小明|小红|小刚|小丽|小华|小军|小美|小东|李雷|王芳|张伟|刘洋|陈静|赵云|林涛|周杰".split("|")
CHAT_EN = "Hello!|How are you?|I am fine|See you at 8|Are you home?|Yes, I am|On my way|Call me later|Thank you|Good night|Where are you?|At the station|Happy birthday!|Dinner at 7?|Sounds good|No problem|I am late|Bring the keys|Lunch today?|Sure|Send me the file|Done|Nice photo|Great idea|Wait for me|What time?|At noon|Good luck|I miss you|Let's go".split("|")
CHAT_ZH = "你好|你好吗？|我很好|八点见|你在家吗？|在的|马上到|晚点打给我|谢谢|晚安|你在哪里？|在车站|生日快乐|七点吃饭？|好的|没问题|我迟到了|带上钥匙|一起吃午饭？|当然|把文件发给我|完成了|照片真好看|好主意|等等我|几点？|中午|祝你好运|我想你|走吧".split("|")
APPS_EN = "Camera|Photos|Mail|Music|Maps|Clock|Calendar|Phone|Weather|Notes|Books|Games|TV|Store|Wallet|Radio|Files|Settings|Chat|Health".split("|")
APPS_ZH = "相机|照片|邮件|音乐|地图|时钟|日历|电话|天气|笔记|图书|游戏|电视|商店|钱包|收音机|文件|设置|聊天|健康".split("|")
# The thing drawn on each app's icon.
APP_THINGS = ["camera", "framed picture", "envelope", "musical note", "globe", "clock", "calendar", "telephone receiver", "sun", "pencil", "book", "game controller", "television", "shopping bags*", "credit card", "radio", "folder", "gear", "speech bubble", "heart"]


def _words() -> tuple[list[str], list[str]]:
    pairs = json.loads((Path(__file__).parent.parent / "facts" / "translations.json").read_text(encoding="utf8"))
    en = [p[0] for p in pairs if p[0].isascii() and 2 < len(p[0]) < 12]
    zh = [p[1] for p in pairs if 0 < len(p[1]) < 5]
    return en, zh


WORDS_EN, WORDS_ZH = _words()


def characters(limit: int = 900) -> list[str]:
    """The Chinese characters that may be drawn: those of the lists above and of the names of things, then the commonest of the word list."""
    here = Path(__file__).parent
    fixed = "".join(SIGNS_ZH + TITLES_ZH + BUTTONS_ZH + SWITCHES_ZH + FIELDS_ZH + PEOPLE_ZH + CHAT_ZH + APPS_ZH) + "".join(k + "".join(v) for k, v in CHARTS_ZH.items())
    fixed += "".join(line.split("\t")[2] for line in (here / "things.tsv").read_text(encoding="utf8").splitlines())
    fixed += "一二三四五六七八九十百千万零年月日时分秒元上下左右大小多少红黄蓝绿黑白，。！？：“”、"
    chosen = {c: None for c in fixed if ord(c) > 127}
    for word in WORDS_ZH:
        if len(chosen) >= limit:
            break
        chosen.update({c: None for c in word if ord(c) > 127})
    return list(chosen)


def number(rng: random.Random) -> str:
    roll = int(rng.random() * 9)
    n = lambda a, b: rng.randint(a, b)  # noqa: E731
    if roll == 0:
        return str(n(0, 99))
    if roll == 1:
        return str(n(100, 99999))
    if roll == 2:
        return f"{n(0, 23)}:{n(0, 59):02d}"
    if roll == 3:
        return f"{choose(rng, '$€£¥')}{n(1, 999)}" + (f".{n(0, 99):02d}" if rng.random() < 0.6 else "")
    if roll == 4:
        return f"{n(2000, 2030)}-{n(1, 12):02d}-{n(1, 28):02d}"
    if roll == 5:
        return f"{n(1, 100)}%"
    if roll == 6:
        return f"{n(100, 999)}-{n(1000, 9999)}"
    if roll == 7:
        return f"{n(1, 99)},{n(0, 999):03d}"
    return f"{n(0, 99)}.{n(0, 9)}"


def code(rng: random.Random) -> str:
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    roll = int(rng.random() * 5)
    pick = lambda k, s=letters: "".join(choose(rng, s) for _ in range(k))  # noqa: E731
    if roll == 0:
        return pick(2) + "-" + str(rng.randint(100, 9999))
    if roll == 1:
        return pick(3) + str(rng.randint(10, 999))
    if roll == 2:
        return pick(rng.randint(3, 6), letters + "23456789")
    if roll == 3:
        return pick(1) + str(rng.randint(1, 99))
    return pick(rng.randint(3, 7), "abcdefghijkmnopqrstuvwxyz")


def _cased(rng: random.Random, text: str) -> str:
    roll = rng.random()
    return text.upper() if roll < 0.22 else text.title().replace("'S", "'s") if roll < 0.35 else text[0].upper() + text[1:] if roll < 0.7 else text


def line(rng: random.Random, lang: str, split: str, known: set | None = None) -> str:
    """A line of text to draw. One sign in six and one word in six belong to the test."""
    test = split != "train"
    while True:
        roll = rng.random()
        if roll < 0.14:
            return number(rng)
        if roll < 0.24:
            return code(rng)
        if lang == "zh":
            text = choose(rng, SIGNS_ZH) if roll < 0.55 else choose(rng, WORDS_ZH) if roll < 0.85 else choose(rng, WORDS_ZH) + choose(rng, WORDS_ZH)
            if known is not None and not all(c in known or ord(c) < 128 for c in text):
                continue
        else:
            text = choose(rng, SIGNS_EN) if roll < 0.55 else " ".join(choose(rng, WORDS_EN) for _ in range(1 if roll < 0.8 else 2))
        if len(text) > 2 and held_out(text.lower(), 6) != test:
            continue
        if len(text) > 22:
            continue
        return _cased(rng, text) if lang == "en" else text
