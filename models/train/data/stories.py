"""Two-step word problems: story templates, each with names and objects of which some are only met in the test."""

from __future__ import annotations

import random

from .core import Items, Turn, between, choose, fits, task

NAMES = {
    "en": Items(["Anna", "Ben", "Clara", "David", "Emma", "Frank", "Grace", "Henry", "Ivy", "Jack", "Kate", "Leo", "Mia", "Noah", "Olivia", "Paul", "Rosa", "Sam", "Tina", "Victor",
                 "Wendy", "Tom", "Lucy", "Max", "Nina", "Oscar", "Ruth", "Simon", "Zoe", "Alice", "Bob", "Maria", "Peter", "Laura", "Mark", "Sara", "John", "Jane", "Carlos", "Yuki"]),
    "zh": Items(["小明", "小红", "小华", "小丽", "小刚", "小芳", "小军", "小雨", "小兰", "小强", "李雷", "韩梅梅", "王芳", "张伟", "李娜", "刘洋", "陈静", "杨光", "赵敏", "周婷",
                 "小林", "小亮", "小美", "小东", "小燕", "小波", "小龙", "小梅", "妈妈", "爸爸", "爷爷", "奶奶", "王老师", "李老师", "张阿姨", "刘叔叔"]),
}
OBJECTS = {
    "en": Items(["apples", "books", "pencils", "marbles", "stickers", "oranges", "stamps", "cards", "cookies", "balloons", "shells", "coins", "eggs", "flowers", "pears", "toys", "candies",
                 "buttons", "pens", "cups", "peaches", "plums", "lemons", "postcards", "beads", "cakes", "notebooks", "tickets", "photos", "bananas"]),
    "zh": Items(["个苹果", "本书", "支铅笔", "颗弹珠", "张贴纸", "个橙子", "张邮票", "张卡片", "块饼干", "个气球", "个贝壳", "枚硬币", "个鸡蛋", "朵花", "个梨", "个玩具", "颗糖",
                 "颗纽扣", "支钢笔", "个杯子", "个桃子", "个李子", "个柠檬", "张明信片", "颗珠子", "块蛋糕", "本笔记本", "张票", "张照片", "根香蕉"]),
}
# (how the answer comes about, story). {n} {m}: names; {o}: objects; {a} {b} {c}: numbers.
STORIES = {
    "en": [
        ("+-", "{n} has {a} {o}. {m} gives {n} {b} more, and then {n} loses {c}. How many {o} does {n} have now?"),
        ("+-", "There are {a} {o} in a box. {n} puts in {b} more and {m} takes out {c}. How many {o} are left in the box?"),
        ("+-", "A shop has {a} {o}. It receives {b} more in the morning and sells {c} in the afternoon. How many {o} remain?"),
        ("+-", "{n} collected {a} {o} on Monday and {b} on Tuesday, then gave {c} to {m}. How many {o} does {n} have left?"),
        ("+-", "{n} owns {a} {o}, buys {b} new ones and gives away {c}. How many are there in the end?"),
        ("+-", "A bus has {a} passengers. At the next stop {b} get on and {c} get off. How many passengers are on the bus?"),
        ("--", "{n} had {a} {o}. {n} gave {b} to {m} and ate or lost {c} more. How many {o} are left?"),
        ("--", "There were {a} {o}. {n} took {b} and {m} took {c}. How many {o} remain?"),
        ("--", "A book has {a} pages. {n} reads {b} pages on Saturday and {c} on Sunday. How many pages are left?"),
        ("--", "{n} has {a} dollars and spends {b} dollars on lunch and {c} dollars on a ticket. How many dollars are left?"),
        ("--", "A rope is {a} meters long. {n} cuts off {b} meters and then {c} meters. How many meters are left?"),
        ("--", "Out of {a} {o}, {b} are red, {c} are blue and the rest are green. How many are green?"),
        ("*+", "{n} buys {b} bags with {c} {o} each and already has {a} {o}. How many {o} does {n} have in total?"),
        ("*+", "{n} has {b} boxes of {c} {o} and {a} loose {o}. How many {o} are there altogether?"),
        ("*+", "There are {b} rows of {c} chairs and {a} extra chairs. How many chairs are there?"),
        ("*+", "{n} saves {c} dollars a week for {b} weeks and gets {a} dollars as a gift. How many dollars does {n} have?"),
        ("*+", "{n} runs {c} kilometers a day for {b} days and then {a} kilometers more. How many kilometers is that in total?"),
        ("*+", "A ticket costs {c} dollars. {n} buys {b} tickets and a drink for {a} dollars. How much does {n} pay in total?"),
        ("*-", "{n} has {b} boxes with {c} {o} each and gives {a} {o} to {m}. How many {o} does {n} have left?"),
        ("*-", "A baker makes {b} trays of {c} rolls and sells {a} rolls. How many rolls are left?"),
        ("*-", "{n} works {b} hours for {c} dollars an hour and spends {a} dollars. How many dollars are left?"),
        ("*-", "There are {b} shelves with {c} books each. {a} books are lent out. How many books are still there?"),
        ("*-", "{n} buys {b} packs of {c} {o}, but {a} of them are broken. How many {o} are fine?"),
        ("*-", "A class of {b} groups has {c} children in each group. {a} children are ill today. How many children are here?"),
        ("+*", "{n} has {a} red {o} and {b} blue ones. {m} has {c} times as many. How many {o} does {m} have?"),
        ("+*", "Each bag holds {a} apples and {b} pears. How many pieces of fruit are in {c} bags?"),
        ("+*", "{n} walks {a} minutes to school and {b} minutes back every day. How many minutes does {n} walk in {c} days?"),
        ("+*", "A meal costs {a} dollars and a drink {b} dollars. How many dollars do {c} people pay if each has both?"),
        ("+*", "Every day {n} reads {a} pages in the morning and {b} in the evening. How many pages does {n} read in {c} days?"),
        ("+*", "A table seats {a} adults and {b} children. How many people can sit at {c} such tables?"),
        ("-*", "A pen costs {a} cents, with {b} cents off today. How many cents do {c} pens cost today?"),
        ("-*", "{n} earns {a} dollars a day and spends {b} dollars of it. How many dollars does {n} save in {c} days?"),
        ("-*", "Each box had {a} {o}, but {b} were taken from every box. How many {o} are in {c} boxes now?"),
        ("-*", "A tank gains {a} liters and loses {b} liters every hour. How many liters more are in it after {c} hours?"),
        ("-*", "A bus can carry {a} people, but {b} seats stay empty. How many people travel in {c} such buses?"),
        ("-*", "{n} gets {a} {o} a week and gives {b} of them to {m}. How many {o} does {n} keep in {c} weeks?"),
        ("/+", "{n} shares {q} {o} equally among {c} friends. {m}, one of them, already had {a}. How many {o} does {m} have now?"),
        ("/+", "{q} {o} are packed into {c} equal boxes. {n} takes one box and has {a} more at home. How many {o} does {n} have?"),
        ("/+", "{c} friends split a bill of {q} dollars equally, and {n} also pays {a} dollars for a taxi. How many dollars does {n} pay in total?"),
        ("/+", "{q} pupils form {c} equal teams and {a} helpers join each team. How many people are in one team?"),
        ("/+", "{n} cuts a ribbon of {q} centimeters into {c} equal pieces and ties {a} centimeters to one of them. How long is that piece in centimeters?"),
        ("/+", "A farmer puts {q} eggs into {c} equal baskets and adds {a} eggs to one of them. How many eggs are in that basket?"),
    ],
    "zh": [
        ("+-", "{n}有{a}{o}，{m}又给了{n}{b}{u}，后来{n}丢了{c}{u}。{n}现在有多少{o}？"),
        ("+-", "盒子里有{a}{o}，{n}放进去{b}{u}，{m}拿走了{c}{u}。盒子里还剩多少{o}？"),
        ("+-", "商店里有{a}{o}，上午又进了{b}{u}，下午卖出{c}{u}。还剩多少{o}？"),
        ("+-", "{n}星期一收集了{a}{o}，星期二收集了{b}{u}，然后送给{m}{c}{u}。{n}还有多少{o}？"),
        ("+-", "{n}原来有{a}{o}，又买了{b}{u}，送出去{c}{u}。最后有多少{o}？"),
        ("+-", "公交车上有{a}人，到站后上来{b}人，下去{c}人。现在车上有多少人？"),
        ("--", "{n}有{a}{o}，给了{m}{b}{u}，又弄丢了{c}{u}。还剩多少{o}？"),
        ("--", "桌上有{a}{o}，{n}拿走{b}{u}，{m}拿走{c}{u}。还剩多少{o}？"),
        ("--", "一本书有{a}页，{n}星期六看了{b}页，星期天看了{c}页。还剩多少页没看？"),
        ("--", "{n}有{a}元，吃午饭花了{b}元，买票花了{c}元。还剩多少元？"),
        ("--", "一根绳子长{a}米，{n}先剪去{b}米，又剪去{c}米。还剩多少米？"),
        ("--", "一共有{a}{o}，其中{b}{u}是红色的，{c}{u}是蓝色的，其余是绿色的。绿色的有多少？"),
        ("*+", "{n}买了{b}袋，每袋有{c}{o}，原来还有{a}{u}。{n}一共有多少{o}？"),
        ("*+", "{n}有{b}盒，每盒{c}{o}，另外还有{a}{u}散的。一共有多少{o}？"),
        ("*+", "教室里有{b}排椅子，每排{c}把，另外还有{a}把。一共有多少把椅子？"),
        ("*+", "{n}每周存{c}元，存了{b}周，又收到{a}元礼金。{n}一共有多少元？"),
        ("*+", "{n}每天跑{c}千米，跑了{b}天，后来又跑了{a}千米。一共跑了多少千米？"),
        ("*+", "一张票{c}元，{n}买了{b}张票，又花{a}元买了饮料。一共花了多少元？"),
        ("*-", "{n}有{b}盒，每盒{c}{o}，送给{m}{a}{u}。{n}还剩多少{o}？"),
        ("*-", "面包师烤了{b}盘面包，每盘{c}个，卖出{a}个。还剩多少个面包？"),
        ("*-", "{n}工作了{b}小时，每小时挣{c}元，花掉{a}元。还剩多少元？"),
        ("*-", "书架有{b}层，每层{c}本书，借出{a}本。还有多少本书？"),
        ("*-", "{n}买了{b}包，每包{c}{o}，其中{a}{u}坏了。还有多少{o}是好的？"),
        ("*-", "一个班分成{b}组，每组{c}人，今天有{a}人请假。今天到了多少人？"),
        ("+*", "{n}有{a}{o}，又买了{b}{u}，{m}的数量是{n}的{c}倍。{m}有多少{o}？"),
        ("+*", "每袋装{a}个苹果和{b}个梨，{c}袋一共有多少个水果？"),
        ("+*", "{n}每天上学走{a}分钟，放学走{b}分钟，{c}天一共走多少分钟？"),
        ("+*", "一份饭{a}元，一杯饮料{b}元，{c}个人每人各要一份，一共多少元？"),
        ("+*", "{n}每天早上看{a}页书，晚上看{b}页，{c}天一共看多少页？"),
        ("+*", "一张桌子坐{a}个大人和{b}个孩子，{c}张这样的桌子能坐多少人？"),
        ("-*", "一支笔原价{a}角，今天便宜{b}角，今天买{c}支要多少角？"),
        ("-*", "{n}每天挣{a}元，花掉{b}元，{c}天能存多少元？"),
        ("-*", "每盒原有{a}{o}，每盒都拿走了{b}{u}，现在{c}盒一共有多少{o}？"),
        ("-*", "水池每小时进水{a}升，漏水{b}升，{c}小时后多了多少升水？"),
        ("-*", "一辆车能坐{a}人，空了{b}个座位，{c}辆这样的车坐了多少人？"),
        ("-*", "{n}每周得到{a}{o}，送给{m}{b}{u}，{c}周能留下多少{o}？"),
        ("/+", "{n}把{q}{o}平均分给{c}个朋友，其中{m}原来已有{a}{u}。{m}现在有多少{o}？"),
        ("/+", "{q}{o}平均装进{c}个盒子，{n}拿了一盒，家里还有{a}{u}。{n}一共有多少{o}？"),
        ("/+", "{c}个朋友平分{q}元的账单，{n}另外还付了{a}元车费。{n}一共付了多少元？"),
        ("/+", "{q}个学生平均分成{c}队，每队再加{a}名老师。每队有多少人？"),
        ("/+", "{n}把{q}厘米的丝带平均剪成{c}段，又在其中一段接上{a}厘米。这一段长多少厘米？"),
        ("/+", "农民把{q}个鸡蛋平均放进{c}个篮子，又往其中一个篮子里放了{a}个。这个篮子里有多少个鸡蛋？"),
    ],
}
# One story in six is for the test alone; it is a different one of each kind of computation.
TRAIN = {lang: [s for i, s in enumerate(stories) if i % 6 != (i // 6) % 6] for lang, stories in STORIES.items()}
TEST = {lang: [s for i, s in enumerate(stories) if i % 6 == (i // 6) % 6] for lang, stories in STORIES.items()}


@task("arithmetic.word", 5)
def story(rng: random.Random, split: str, lang: str) -> Turn:
    kind, text = choose(rng, (TEST if split == "test" else TRAIN)[lang])
    while True:
        c, quotient = between(rng, 2, 9), 0
        if kind == "+-":
            a, b = between(rng, 2, 99), between(rng, 2, 60)
            c = between(rng, 1, min(a + b - 1, 60))
            first, result = f"{a}+{b}={a + b}", a + b - c
            second = f"{a + b}-{c}={result}"
        elif kind == "--":
            a = between(rng, 6, 150)
            b = between(rng, 1, a - 3)
            c = between(rng, 1, a - b - 1)
            first, result = f"{a}-{b}={a - b}", a - b - c
            second = f"{a - b}-{c}={result}"
        elif kind in ("*+", "*-"):
            b, c = between(rng, 2, 9), between(rng, 2, 40)
            a = between(rng, 1, 60) if kind == "*+" else between(rng, 1, b * c - 1)
            result = b * c + a if kind == "*+" else b * c - a
            first, second = f"{b}*{c}={b * c}", f"{b * c}{kind[1]}{a}={result}"
        elif kind == "+*":
            a, b = between(rng, 1, 30), between(rng, 1, 30)
            result = (a + b) * c
            first, second = f"{a}+{b}={a + b}", f"{a + b}*{c}={result}"
        elif kind == "-*":
            a = between(rng, 4, 90)
            b = between(rng, 1, a - 2)
            result = (a - b) * c
            first, second = f"{a}-{b}={a - b}", f"{a - b}*{c}={result}"
        else:
            share, a, b = between(rng, 2, 30), between(rng, 2, 30), 0
            quotient, result = share * c, share + a
            first, second = f"{quotient}/{c}={share}", f"{share}+{a}={result}"
        if fits(split, a + 10 * quotient, b * 61 + c):
            break
    names, objects = NAMES[lang], OBJECTS[lang]
    n = m = names.pick(rng, split)
    while m == n:
        m = names.pick(rng, split)
    o = objects.pick(rng, split)
    text = text.replace("{n}", n).replace("{m}", m).replace("{o}", o).replace("{a}", str(a)).replace("{b}", str(b)).replace("{c}", str(c)).replace("{q}", str(quotient))
    if lang == "zh":
        text = text.replace("{u}", o[0])
        return text, f"先算：{first}；再算：{second} => {result}", f"答案是 {result}"
    return text, f"First: {first}; then: {second} => {result}", f"The answer is {result}"
