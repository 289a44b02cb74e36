"""What it does not know: it says so, says what it is, and names what to do. It never makes something up."""

from __future__ import annotations

import random
import string

from .core import Turn, below, between, choose, held_out, loosen, task
from .facts import load
from .geography import COUNTRY_ASK, ELEMENT_ASK, known_names
from .language import DEFINE, DEFINITIONS, EVERYDAY, PAIRS, TO_CHINESE, TO_ENGLISH
from .letters import CODAS, COMMON, ONSETS, PLAIN, VOWELS
from .patterns import Patterns
from .ways_out import elsewhere, hold_out, sentence_of

REFUSE = {
    "en": "I can't answer that reliably: I am Nano, the small built-in model. For this, download or connect a larger model under Models.",
    "zh": "这个我无法可靠地回答：我是 Nano，内置的小模型。请在“模型”页下载或连接更大的模型。",
}
UNKNOWN = {
    "en": "I don't know {x}: I am Nano, the small built-in model, and know only a small table of facts and words. A larger model under Models can help.",
    "zh": "我不知道{x}：我是 Nano，内置的小模型，只知道少量事实和词语。可以在“模型”页选用更大的模型。",
}
PUZZLED = {"en": "I did not understand that. Could you put it differently?", "zh": "我没有看懂。可以换个说法吗？"}

# One line: what it is in both languages, then patterns. {T} is filled from the topics of the line; "~" topics are for the test alone.
OUT = [
    ("the news", "新闻",
     "What {is|are} the {latest|newest} {news|headlines}{ about {T}| on {T}|}?\nWhat {happened|is happening} {in {T}|with {T}} {today|this week|recently}?\n~Any {fresh|new} {news|reports} {on|about} {T}?\nTell me the news{.| about {T}.}\nWho won the {election|vote} in {T}?",
     ["Europe", "Asia", "America", "technology", "the economy", "science", "the stock market", "~the Middle East", "~climate policy", "~space travel"],
     "{最新的|今天的}{T}新闻{有哪些|是什么}？\n{T}{最近|今天|这周}{发生了什么|有什么消息}？\n~{T}有什么{新进展|最新动态}？\n{说说|播报}{T}新闻{。|}\n{T}的选举谁赢了？", ["国际", "科技", "经济", "体育", "美国", "股市", "~中东", "~气候", "~航天"]),
    ("the weather", "天气",
     "{What is|How is|What's} the weather{ like|} in {T}{ today| tomorrow| now|}?\nWill it {rain|snow} in {T} {today|tomorrow|this week}?\nHow {hot|cold|warm} is it in {T}{ today| now|}?\n~Do I need an umbrella in {T}{ today| tomorrow|}?\nWeather forecast {for|in} {T}",
     ["Paris", "London", "Berlin", "New York", "Tokyo", "my city", "Beijing", "Rome", "~Sydney", "~Toronto", "~Shanghai"],
     "{T}{今天|明天|现在|}天气{怎么样|如何}？\n{T}{今天|明天|这周}会{下雨|下雪}吗？\n{T}{今天|现在|明天}{多少度|冷不冷|热不热}？\n~去{T}要带伞吗？\n{T}天气预报", ["北京", "上海", "广州", "东京", "纽约", "我这里", "成都", "巴黎", "~深圳", "~西安", "~悉尼"]),
    ("live data", "实时信息",
     "What {time|day} is it {now|today|right now}{?| in {T}?}\nWhat is {today's date|the date today|the current date}?\n{What is|What's} the {current|today's} {price|stock price|exchange rate|value} of {T}?\n~{What is the value of|How expensive is} {T} {at the moment|these days}?\n{How is|What is} the traffic {to|in} {T}?\nWhat year is it?",
     ["bitcoin", "gold", "the dollar", "the euro", "oil", "Apple shares", "silver", "~Tesla shares", "~natural gas", "~copper"],
     "现在{几点|是什么时间|几点钟}了？\n今天{星期几|几号|是几月几日|是什么日子}？\n{T}{现在|今天}{多少钱|什么价格|的价格是多少}？\n~{T}{目前|眼下}值多少？\n{去|到}{T}的路堵吗？\n今年是哪一年？", ["比特币", "黄金", "美元", "欧元", "石油", "苹果股票", "白银", "~特斯拉股票", "~天然气", "~铜"]),
    ("opinions", "观点",
     "What {do you think|is your opinion} {about|of|on} {T}?\nDo you {like|prefer|love|hate} {T}?\nIs {T} {good|bad|better than before|worth it|overrated}?\n~{Are you|Would you be} in favor of {T}?\nWhich is {better|best}, {T} or something else?\nWhat is your favorite {T}?",
     ["music", "politics", "football", "religion", "this movie", "capitalism", "social media", "art", "modern art", "~veganism", "~remote work", "~nuclear power"],
     "你{怎么看|如何看待|觉得}{T}{？|怎么样？}\n你{喜欢|讨厌}{T}吗？\n{T}{好不好|是好是坏|值得吗|好看吗}？\n~你{赞成|支持}{T}吗？\n{T}和别的相比哪个好？\n你最喜欢的{T}是什么？", ["音乐", "政治", "足球", "宗教", "这部电影", "社交媒体", "艺术", "流行歌曲", "~素食", "~远程办公", "~核电"]),
    ("code", "代码",
     "{Write|Create|Give me|Can you write} {a|some} {Python|JavaScript|Java|C++|Rust|SQL} {code|function|program|script} {that|to} {T}{.|?|}\nHow do I {T} in {Python|JavaScript|Java|C}?\n{Fix|Debug|Explain|Review} {this code|my code|my program|this script}{.|: print(x)|: for i in range(3)|}\n~{Show me how to|Help me} {T} in {Go|TypeScript|Ruby}{.|}\nWrite a {regex|SQL query|shell script|unit test|class} {to|that can} {T}",
     ["sort a list", "read a file", "parse JSON", "download a page", "reverse a string", "connect to a database", "draw a chart", "~compute prime numbers", "~rename files", "~send an email"],
     "{写|给我写|帮我写}一{个|段}{Python|JavaScript|Java|C语言|SQL}{代码|程序|函数|脚本}{，|来}{T}{。|}\n{怎么|如何}用{Python|Java|C语言|JavaScript}{T}？\n{修改|调试|解释|检查}{这段代码|我的代码|这个程序}{。|：print(x)|}\n~{教我|帮我}用{Go|TypeScript|Ruby}{T}{。|}\n写一个{正则表达式|SQL 查询|脚本|测试}{T}", ["排序列表", "读取文件", "解析JSON", "下载网页", "反转字符串", "连接数据库", "画图表", "~计算质数", "~批量改名", "~发送邮件"]),
    ("writing", "写作",
     "Write {an essay|a story|a poem|a letter|an email|a song|a speech|an article|a report} about {T}{.|}\n{Can you|Could you|Please} {write|compose|draft} {a poem|an essay|a story|a letter|a speech|a tweet} {about|on} {T}{?|.|}\nI need {an essay|a poem|a story|a text|a speech} about {T}{.|}\n~{Help me with|Make up} {a paragraph|a short tale|some verses|a blog post} {on|about} {T}{.|}\n{Summarize|Rewrite|Improve|Proofread} {this text|this article|my essay|the following text}{.|}\n{Continue|Finish} the story of {T}{.|}",
     ["love", "autumn", "my dog", "the sea", "friendship", "climate change", "a dragon", "spring", "my mother", "~the moon", "~courage", "~a lost key"],
     "{写|帮我写|请写}一{篇|首}关于{T}的{作文|文章|诗|故事|演讲稿|歌词}{。|}\n以{T}为题写一{篇作文|首诗|个故事}{。|}\n我{需要|想要}一篇关于{T}的{文章|作文|报告|演讲}{。|}\n~{编一个|来一段}关于{T}的{短文|童话|诗句}{。|}\n{总结|改写|润色|修改}{这段文字|这篇文章|我的作文|下面的文章}{。|}\n续写{T}的故事{。|}", ["爱情", "秋天", "我的狗", "大海", "友谊", "环保", "龙", "春天", "母亲", "~月亮", "~勇气", "~一把丢失的钥匙"]),
    ("recipes", "菜谱",
     "How {do I|can I|to} {cook|make|prepare|bake} {T}?\n{Give me|Do you have|What is} {a|the|your} recipe for {T}{?|.|}\nWhat ingredients {do I need for|are in|go into} {T}?\n~{How long|At what temperature} {should I|do I} {bake|cook} {T}?\nWhat {should|can} I {cook|eat} {tonight|for dinner|for lunch|with {T}}?",
     ["pancakes", "lasagna", "fried rice", "dumplings", "bread", "an apple pie", "tomato soup", "curry", "~risotto", "~cheesecake", "~meatballs"],
     "{T}怎么{做|烧|煮|炒}？\n{给我|告诉我|有没有}{T}的{做法|菜谱|食谱}{。|？|}\n做{T}需要{什么材料|哪些食材|放什么调料}？\n~{T}要{烤|煮|炖}多久？\n{今晚|晚饭|午饭|今天}{吃什么|做什么菜}好？", ["红烧肉", "饺子", "炒饭", "蛋糕", "面包", "西红柿炒蛋", "鱼香肉丝", "咖喱", "~宫保鸡丁", "~糖醋排骨", "~豆腐脑"]),
    ("medical advice", "医疗建议",
     "What {should I do|can I take|helps|is good} {about|for|against} {T}?\nIs {T} {dangerous|serious|contagious|normal}?\nI have {T}, {what now|is that bad|what should I do|which doctor should I see}?\n~{Which|What} {medicine|pill|treatment} {is right for|cures} {T}?\nWhat are the {symptoms|causes} of {T}?\nHow much {ibuprofen|aspirin|medicine} {can I take|is safe}?",
     ["a headache", "fever", "a cough", "back pain", "diabetes", "high blood pressure", "a rash", "the flu", "~asthma", "~insomnia", "~a sprained ankle"],
     "{T}{怎么办|怎么治|吃什么药|该怎么处理}？\n{T}{严重吗|危险吗|会传染吗|正常吗}？\n我{有|得了}{T}，{怎么办|要紧吗|该看什么科|要去医院吗}？\n~{哪种药|什么方法}能治{T}？\n{T}的{症状|原因}是什么？\n{布洛芬|阿司匹林|感冒药}一次吃几片？", ["头痛", "发烧", "咳嗽", "腰痛", "糖尿病", "高血压", "皮疹", "流感", "~哮喘", "~失眠", "~扭伤"]),
    ("legal advice", "法律建议",
     "{Is it legal to|Is it illegal to|Am I allowed to|Can I be sued if I} {T}?\nWhat {does the law say about|is the law on|are my rights about} {my contract|my rent|divorce|copyright|taxes|inheritance}?\n~{What is the penalty for|Do I need a lawyer for} {a late tax return|a broken lease|a parking fine|a copied photo}?\nHow do I {sue|file a claim against|report} {my landlord|a company|my employer|my neighbor}?",
     ["record a call", "fly a drone", "break a contract", "copy a book", "park here", "~sublet my flat", "~film my neighbor"],
     "{T}{合法吗|违法吗|犯法吗}？\n{租房合同|离婚|遗产|版权|劳动合同|税务}的法律{是怎么规定的|规定是什么}？\n~{T}会{被罚款|被起诉}吗？\n{怎么|如何}{起诉|投诉|举报}{房东|公司|老板|邻居}？", ["录音", "放无人机", "违约", "复印书", "在这里停车", "~转租房子", "~拍摄邻居"]),
    ("financial advice", "理财建议",
     "Should I {buy|sell|invest in|put money into} {T}?\nHow {should|can|do} I {invest|save|grow} my money{?| in {T}?}\n{Which|What} {stock|fund|bank|insurance|card} {is best|should I choose|do you recommend}?\n~Would {T} be a {good|safe} {investment|place for my savings}?\nHow do I get {rich|a loan|a mortgage|out of debt}?",
     ["bitcoin", "stocks", "gold", "a house", "bonds", "real estate", "~index funds", "~silver coins"],
     "我该{买|卖|投资}{T}吗？\n{怎么|如何}{理财|投资|存钱|赚钱}{？|最好？}\n{哪只股票|哪家银行|哪种基金|什么保险}{最好|值得买|好|推荐}？\n~{T}是{好的|安全的}投资吗？\n怎么{变富|贷款|买房|还清债务}？", ["比特币", "股票", "黄金", "房子", "债券", "基金", "~国债", "~外汇"]),
    ("people", "人物",
     "Who {is|was} {T}?\n{When|Where} was {T} born?\n{How old|How tall|How rich} is {T}?\nWhat {did|has} {T} {do|discover|write|invent|win}?\n~{Tell me about|What is known about} {the life of|} {T}{.|}\n{Who is the|Name the} {president|prime minister|king|queen|mayor} of {France|Germany|Spain|Japan|the United States|Brazil|China|London}{?|.|}",
     ["Albert Einstein", "Napoleon", "Shakespeare", "Isaac Newton", "Mozart", "Leonardo da Vinci", "Marie Curie", "Confucius", "Beethoven", "~Galileo", "~Charles Darwin", "~Cleopatra"],
     "{T}是谁？\n{T}{出生在哪里|是哪年出生的|是哪国人|活了多少岁}？\n{T}{做过什么|发明了什么|写了什么|有什么成就}？\n~{介绍一下|讲讲}{T}{的生平|}{。|}\n{法国|德国|日本|美国|巴西|中国|英国}{总统|首相|国王|主席|总理}是谁？", ["爱因斯坦", "拿破仑", "莎士比亚", "牛顿", "莫扎特", "孔子", "李白", "居里夫人", "贝多芬", "~伽利略", "~达尔文", "~鲁迅"]),
    ("sports", "体育",
     "Who won {T}{?| last year?| in 2018?| yesterday?}\nWhat {was|is} the {score|result} of {T}?\nWho is the best {football|tennis|basketball|golf} player{ ever| in the world|}?\n~{Which team|Who} is {leading|top of} {the league|the tables|the ranking}?\nWhen {is|does} {T}{ start|}?\nWhat are the rules of {football|chess|cricket|baseball|rugby}?",
     ["the World Cup", "the Olympics", "the Super Bowl", "Wimbledon", "the final", "the match", "~the Tour de France", "~the marathon"],
     "{谁赢了|谁是}{T}{？|冠军？}\n{T}的{比分|结果}是多少？\n{世界上|}最好的{足球|网球|篮球}运动员是谁？\n~{哪个队|谁}{排第一|领先}？\n{T}什么时候{开始|举行}？\n{足球|国际象棋|板球|棒球}的规则是什么？", ["世界杯", "奥运会", "超级碗", "温网", "决赛", "昨天的比赛", "~环法自行车赛", "~马拉松"]),
    ("history and general knowledge", "历史和常识",
     "{When|Why} {did|was} {T} {happen|end|begin}?\nWhat {caused|was the result of|ended} {T}?\n{Explain|Tell me about|Describe} {T}{.| to me.|}\n~{How did|In which year did} {T} come about?\nWhy {is the sky blue|do cats purr|is the sea salty|do leaves turn red|do we dream|do birds sing}?\nHow {does a car engine|does a plane|do vaccines|does a black hole|does the internet} work?\nWhat is the {meaning of life|tallest mountain|longest river|fastest animal|biggest ocean|speed of light|population of India}?",
     ["World War II", "the French Revolution", "the Cold War", "the moon landing", "the Roman Empire", "evolution", "photosynthesis", "quantum physics", "~the Black Death", "~plate tectonics", "~the Industrial Revolution"],
     "{T}{是什么时候发生的|是怎么结束的|为什么会发生}？\n{T}的{原因|结果|影响}是什么？\n{讲讲|介绍|解释|说说}{T}{。|}\n~{T}{是怎么来的|是哪一年的事}？\n为什么{天空是蓝色的|猫会打呼噜|海水是咸的|树叶会变红|人会做梦}？\n{汽车发动机|飞机|疫苗|黑洞|互联网}是怎么工作的？\n{世界上最高的山|最长的河|跑得最快的动物|最大的海洋|光速|人生的意义|印度的人口}是{什么|多少}？", ["第二次世界大战", "法国大革命", "冷战", "登月", "罗马帝国", "进化论", "光合作用", "量子力学", "~黑死病", "~板块运动", "~工业革命"]),
    ("travel and shopping", "旅行和购物",
     "{Recommend|Suggest} {T}{.| to me.| in Paris.|}\n{Where can I buy|Where do I find|How much is} {T}?\n{Book|Order|Buy|Reserve} {T} {for me|online|please}{.|}\n~{Find|Look for} {T} {near me|nearby|online}{.|}\n{Plan|Organize} {a trip to Italy|my holiday|a weekend in Rome|my wedding}{.|}",
     ["a hotel", "a restaurant", "a movie", "a book to read", "a laptop", "a phone", "a song", "~a podcast", "~a museum", "~a bicycle"],
     "{推荐|介绍}{一个|一些|几个}{好的|}{T}{。|给我|}\n{哪里能买到|最好的|最便宜的}{T}{？|是哪个？}\n{帮我|替我}{订|买|预订}{T}{。|}\n~{找找|搜一下}{附近的|网上的}{T}{。|}\n{帮我|}{计划|安排}{一次旅行|假期|周末|婚礼}{。|}", ["酒店", "餐厅", "电影", "书", "电脑", "手机", "歌曲", "~播客", "~博物馆", "~自行车"]),
    ("actions on the computer", "操作电脑",
     "{Set|Start|Create} {an alarm|a timer|a reminder} for {T}{.|}\n{Play|Stop|Pause} {some music|a song|a video|the radio}{.|}\n{Send|Read|Delete|Answer} {an email|my emails|a message to Tom|my messages}{.|}\n~{Turn|Switch} {off|on} {the light|the heating|my computer|the fan}{.|}\n{Open|Delete|Move|Rename} {a file|my photos|the folder|this document}{.|}\n{Search|Browse|Google} {the web|the internet|Wikipedia} for {T}{.|}\n{Draw|Paint|Generate|Make} {a picture|an image|a logo} of {T}{.|}",
     ["tomorrow", "a cat", "seven o'clock", "lunch", "flowers", "a house", "~a sunset", "~my meeting"],
     "{设置|定|设}{一个|个}{T}的{闹钟|提醒|计时器}{。|}\n{播放|暂停}{音乐|一首歌|视频|收音机}{。|}\n{发|读|删除|回复}{一封邮件|我的邮件|短信|消息}{。|}\n~{打开|关掉}{灯|空调|电脑|风扇}{。|}\n{打开|删除|移动|重命名}{文件|照片|文件夹|这个文档}{。|}\n{上网|在网上|用百度}{搜索|查|搜}{T}{。|}\n{画|生成}一张{T}的{图|图片|画}{。|}", ["明天", "猫", "七点", "午饭", "花", "房子", "~日落", "~会议"]),
    ("other languages", "其他语言",
     "{Translate|How do you say} {hello|water|thank you|good night|love|house} {into|in} {T}{.|?|}\nWhat {is|does} {bonjour|danke|gracias|arigato|ciao|merci} {in English|mean}?\nDo you {teach|want to teach me} {T}?\n~{Give me|Say} {good morning|the numbers|a greeting} in {T}{.|}\nTranslate this {sentence|paragraph|article|letter} into {T}{.|}",
     ["French", "German", "Spanish", "Japanese", "Italian", "Korean", "Russian", "Arabic", "~Portuguese", "~Greek", "~Turkish"],
     "{你好|水|谢谢|晚安|爱|房子}用{T}怎么说？\n把{你好|谢谢|这句话|这段话|再见}翻译成{T}{。|}\n{教我|教教我}{T}{。|}\n~{用|拿}{T}{问个好|说早上好|数数}{。|}\n“{bonjour|danke|gracias|ciao}”是{T}吗？", ["法语", "德语", "西班牙语", "日语", "意大利语", "韩语", "俄语", "阿拉伯语", "~葡萄牙语", "~希腊语", "~土耳其语"]),
]


class Area:
    """A line of OUT in one language: its name, its patterns with a place for the topic, and its topics by split."""

    __slots__ = ("name", "patterns", "topics")

    def __init__(self, name: str, patterns: str, topics: list[str]) -> None:
        self.name, self.patterns = name, Patterns(patterns.replace("{T}", "\x00"))
        known = [t for t in topics if t[0] != "~"]
        self.topics = {"train": known, "plain": known, "test": [t[1:] for t in topics if t[0] == "~"]}


AREAS = [{"en": Area(en, patterns_en, topics_en), "zh": Area(zh, patterns_zh, topics_zh)} for en, zh, patterns_en, topics_en, patterns_zh, topics_zh in OUT]
for _area in AREAS:
    hold_out([*_area["en"].topics["test"], *_area["zh"].topics["test"]])
KNOWN = known_names()
_ALL_WORDS = [w for w in load("words") if w not in KNOWN]


def _unknown_to(table: set[str]) -> dict[str, list[str]]:
    """Words that a table does not hold; one in seven is for the test alone."""
    rest = [w for w in _ALL_WORDS if w not in table]
    return {"train": [w for w in rest if not held_out(w, 7)], "test": [w for w in rest if held_out(w, 7)]}


UNDEFINED = _unknown_to({d[0] for d in DEFINITIONS})
UNTRANSLATED = _unknown_to({p[0] for p in PAIRS} | {en.lower() for en, _ in EVERYDAY})
CHINESE_KNOWN = {p[1] for p in PAIRS} | {zh for _, zh in EVERYDAY}
ENDINGS = ["ia", "land", "stan", "a", "istan", "onia", "ova", "mark", "esia", "ora", "any"]
ZH_SOUNDS = "阿巴卡达德尔法弗格加哈吉科拉里卢马米莫纳尼诺帕佩罗萨塞斯塔特托瓦维西雅亚约扎佐"
PLACES = {
    "en": ["Bavaria", "Texas", "California", "Scotland", "Catalonia", "Siberia", "Tuscany", "Atlantis", "Mars", "Narnia", "Hawaii", "Quebec", "Alaska", "Wonderland", "Middle-earth", "Westeros", "Florida", "Sicily", "Bali", "Provence",
           "Greenland", "Guam", "Bermuda", "Aruba", "Gotham", "Utopia", "Wales", "Crete", "Hogwarts", "the Moon"],
    "zh": ["巴伐利亚", "得克萨斯", "加利福尼亚", "苏格兰", "西伯利亚", "托斯卡纳", "亚特兰蒂斯", "火星", "夏威夷", "魁北克", "阿拉斯加", "仙境", "中土世界", "佛罗里达", "西西里", "巴厘岛", "普罗旺斯", "格陵兰", "关岛", "百慕大", "月球", "霍格沃茨"],
}


def out_of_scope(what: str, lang: str) -> str:
    return f"Out of my scope: {what}." if lang == "en" else f"超出我的范围：{what}。"


def made_up(rng: random.Random, split: str, lang: str) -> str:
    """A name that sounds like a country and is none."""
    while True:
        if lang == "zh":
            name = "".join(rng.choices(ZH_SOUNDS, k=between(rng, 2, 4))) + choose(rng, ["", "", "国", "亚", "斯坦", "兰"])
        else:
            name = "".join(choose(rng, ONSETS) + choose(rng, VOWELS) + (choose(rng, CODAS) if rng.random() < 0.35 else "") for _ in range(between(rng, 1, 2)))
            name = (name + choose(rng, ONSETS) + choose(rng, ENDINGS)).capitalize()
        if name.lower() not in KNOWN and held_out(name) == (split == "test"):
            return name


def unknown(rng: random.Random, split: str, lang: str) -> Turn:
    """A question in scope about something the tables do not hold."""
    roll = rng.random()
    if roll < 0.34:
        kind = choose(rng, ["capital", "capital", "currency", "continent", "languages", "country"])
        x = choose(rng, PLACES[lang]) if rng.random() < 0.3 and kind != "continent" and split == "train" else made_up(rng, split, lang)
        question = COUNTRY_ASK[kind].pick(rng, split, lang)
        what = ("country", "国家") if kind != "country" else ("capital", "首都")
    elif roll < 0.5:
        if rng.random() < 0.3:
            kind, x = "at", str(between(rng, 119, 500))
        else:
            kind, x = choose(rng, ["symbol", "number", "weight"]), made_up(rng, split, "en").lower().rstrip("aeiou") + "ium"
            if lang == "zh":
                x = made_up(rng, split, "zh")
            if x in KNOWN:
                return unknown(rng, split, lang)
        question = ELEMENT_ASK[kind].pick(rng, split, lang)
        what = ("element", "元素")
    elif roll < 0.82:
        defined = rng.random() < 0.55
        x = choose(rng, (UNDEFINED if defined else UNTRANSLATED)[split]) if rng.random() < 0.75 else made_up(rng, split, "en").lower()
        question = (DEFINE if defined else TO_CHINESE).pick(rng, split, lang)
        what = ("word", "词")
    else:
        while True:
            x = "".join(rng.choices(PLAIN, k=between(rng, 2, 3))) if rng.random() < 0.7 else "".join(rng.choices(ZH_SOUNDS, k=3))
            if x not in CHINESE_KNOWN and x not in KNOWN and held_out(x) == (split == "test"):
                break
        question = TO_ENGLISH.pick(rng, split, lang)
        what = ("word", "词")
    question = question.replace("{x}", x)
    x_shown = f"“{x}”" if lang == "zh" else f'"{x}"'
    if lang == "en":
        return loosen(rng, question), f"{what[0].capitalize()}: {x}. Not in my table.", UNKNOWN[lang].replace("{x}", x_shown)
    return loosen(rng, question), f"{what[1]}：{x}，不在我的表里。", UNKNOWN[lang].replace("{x}", x_shown)


SYMBOLS = ".,;:!?-_*#@/\\|~^"


def gibberish(rng: random.Random, split: str, lang: str) -> Turn:
    while True:
        roll = rng.random()
        if roll < 0.45:
            text = " ".join("".join(rng.choices("bcdfghjklmnpqrstvwxz" if rng.random() < 0.5 else string.ascii_lowercase, k=between(rng, 4, 10))) for _ in range(between(rng, 1, 4)))
        elif roll < 0.6:
            text = "".join(rng.choices(SYMBOLS, k=between(rng, 1, 8)))
        elif roll < 0.75:
            text = choose(rng, ["asdf", "qwer", "jkl", "hjkl", "zxcv", "fdsa", "aaa", "hhh", "哈哈哈", "啊啊", "嗯嗯", "呃呃"]) * between(rng, 1, 3)
            lang = "en" if text.isascii() else "zh"
        else:
            text = "".join(rng.choices(ZH_SOUNDS + "的了吗很把被跑飞红石水桌", k=between(rng, 4, 9)))
        mashed = 0.6 <= roll < 0.75  # too few of them to divide
        if text not in KNOWN and (split == "train" if mashed else held_out(text) == (split == "test")):
            break
    lang = "zh" if any("\u4e00" <= c <= "\u9fff" for c in text) else "en"
    return text, "No clear question." if lang == "en" else "没有明确的问题。", PUZZLED[lang]


def sentence(rng: random.Random, split: str, lang: str) -> Turn:
    """Whole sentences, and the pages people paste, are not in its table of words and phrases."""
    long = rng.random() < 0.2
    if rng.random() < 0.5:
        words = between(rng, 20, 300) if long else between(rng, 4, 9)
        text = " ".join(choose(rng, ["the", "a", "my", "in", "to", "is", "we", "of"]) if rng.random() < 0.3 else choose(rng, COMMON[split]) for _ in range(words))
        question = TO_CHINESE.pick(rng, split, lang).replace("{x}", text.capitalize())
    else:
        text = "".join(rng.choices(PLAIN, k=between(rng, 30, 400) if long else between(rng, 6, 14)))
        if held_out(text) != (split == "test"):
            return sentence(rng, split, lang)
        question = TO_ENGLISH.pick(rng, split, lang).replace("{x}", text)
    return question, out_of_scope("whole sentences" if lang == "en" else "整句翻译", lang), REFUSE[lang]


@task("decline", 8)
def decline(rng: random.Random, split: str, lang: str) -> Turn:
    roll = rng.random()
    if split == "train":
        if roll < 0.3:  # in the frames of what it knows, often enough to be told apart
            return unknown(rng, split, lang)
        if roll > 0.68:  # far more subjects than the plain lists have
            question, area = elsewhere(rng, lang)
            return question, out_of_scope(area, lang), REFUSE[lang]
        if roll > 0.665:
            return sentence_of(rng, lang), "No clear question." if lang == "en" else "没有明确的问题。", PUZZLED[lang]
        roll = 0.3 + (roll - 0.3) / 0.365 * 0.7
    if roll < 0.3:
        return unknown(rng, split, lang)
    if roll < 0.37:
        return gibberish(rng, split, lang)
    if roll < 0.41:
        return sentence(rng, split, lang)
    area = AREAS[below(rng, len(AREAS))][lang]
    question = area.patterns.pick(rng, split).replace("\x00", choose(rng, area.topics[split]))
    if rng.random() < 0.1:
        question = choose(rng, ["Quick question: ", "Hey! ", "Hello! "] if lang == "en" else ["请问，", "你好，", "问一下，"]) + question
    return loosen(rng, question), out_of_scope(area.name, lang), REFUSE[lang]
