"""Two-step word problems: story templates, each with names and objects of which some are only met in the test."""

from __future__ import annotations

import random

from .core import RESERVED, Items, Turn, bare, between, choose, fits, is_reserved, task

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


RESERVED.update(bare(text) for stories in TEST.values() for _, text in stories)

# Training alone: stories put together from parts. A scene, what happens first and second (each adds, removes or scales), and the question.
_UP = {"en": ["{n} gets {x} more", "{m} gives {n} {x} more", "{n} buys {x} more", "{n} finds {x}", "{x} more arrive", "{n} adds {x}", "{n} receives {x} from {m}", "another {x} are added", "{n} picks up {x}", "{x} new ones are delivered", "{n} wins {x}", "{m} brings {x} more", "{n} makes {x} more", "{x} are put in", "{n} earns {x}", "{n} collects {x}", "{m} donates {x}"],
       "zh": ["{n}又得到{x}{u}", "{m}给了{n}{x}{u}", "{n}又买了{x}{u}", "{n}捡到{x}{u}", "又来了{x}{u}", "又放进{x}{u}", "{m}又送来{x}{u}", "增加了{x}{u}", "又运来{x}{u}", "{n}赢了{x}{u}", "{m}带来{x}{u}", "又做了{x}{u}", "新添了{x}{u}", "{n}又收集了{x}{u}", "后来又收到{x}{u}"]}
_DOWN = {"en": ["{n} gives {x} to {m}", "{n} loses {x}", "{n} sells {x}", "{x} are taken away", "{m} takes {x}", "{n} uses {x}", "{x} get broken", "{n} throws away {x}", "{x} are stolen", "{n} gives away {x}", "{n} spends {x}", "{x} disappear", "{n} returns {x}", "{m} borrows {x}", "{n} lends {x} to {m}", "{x} of them are damaged", "{n} removes {x}", "{x} are missing", "{n} hands {x} to {m}", "{x} are used up"],
         "zh": ["{n}给了{m}{x}{u}", "{n}丢了{x}{u}", "{n}卖掉{x}{u}", "被拿走{x}{u}", "{m}拿走了{x}{u}", "{n}用掉{x}{u}", "坏了{x}{u}", "{n}扔掉{x}{u}", "被偷走{x}{u}", "{n}送出{x}{u}", "{n}花掉{x}{u}", "少了{x}{u}", "{n}还回去{x}{u}", "{m}借走{x}{u}", "{n}借给{m}{x}{u}", "其中{x}{u}坏了", "取出{x}{u}", "{n}分给同学{x}{u}", "损坏了{x}{u}", "用完{x}{u}"]}
_HAVE = {"en": ["{n} has {a} {o}", "{n} had {a} {o}", "there are {a} {o} on the table", "there were {a} {o} in a bag", "{n} owns {a} {o}", "a store has {a} {o}", "a box holds {a} {o}", "{n} starts with {a} {o}", "in the room there are {a} {o}", "{n} counted {a} {o}", "a museum has {a} {o}", "at first {n} has {a} {o}", "{n} brought {a} {o}"],
         "zh": ["{n}有{a}{o}", "{n}原来有{a}{o}", "桌上有{a}{o}", "袋子里有{a}{o}", "仓库里有{a}{o}", "店里有{a}{o}", "箱子里装着{a}{o}", "一开始{n}有{a}{o}", "房间里有{a}{o}", "{n}数了数，有{a}{o}", "柜子里放着{a}{o}", "{n}带来{a}{o}"]}
_GROUP = {"en": ["{n} has {b} {g} of {c} {o}", "there are {b} {g} with {c} {o} each", "{n} buys {b} {g} with {c} {o} in each", "each of {b} {g} holds {c} {o}", "{b} {g} contain {c} {o} each", "{n} fills {b} {g} with {c} {o} each", "{n} sees {b} {g}, each with {c} {o}", "{n} carries {b} {g}; every one has {c} {o}", "a store has {b} {g} of {c} {o}"],
          "zh": ["{n}有{b}{g}，每{g}{c}{o}", "有{b}{g}，每{g}有{c}{o}", "{n}买了{b}{g}{o}，每{g}{c}{u}", "每{g}装{c}{o}，有{b}{g}", "店里有{b}{g}，每{g}里有{c}{o}", "{n}摆了{b}{g}，每{g}{c}{o}", "{b}{g}里每{g}都有{c}{o}", "{n}准备了{b}{g}，一{g}有{c}{o}"]}
_UNITS = {"en": ["boxes", "bags", "packs", "baskets", "shelves", "crates", "trays", "jars", "piles", "groups", "lines", "tables", "drawers", "cartons", "bundles", "plates", "stacks", "columns", "sets"], "zh": ["盒", "袋", "包", "箱", "排", "层", "盘", "筐", "组", "堆", "行", "桌", "罐", "摞", "篮", "列", "捆", "套"]}
_ENDS = {"en": ["How many {o} are there now?", "How many {o} is that in total?", "How many {o} are left?", "How many are there in the end?", "What is the number of {o} now?", "How many {o} does that make?", "How many {o} remain?", "Find the number of {o}.", "How many {o} are there in all?", "So how many {o} are there?", "How many are there now?"],
         "zh": ["现在有多少{o}？", "一共有多少{o}？", "还剩多少{o}？", "最后有多少{o}？", "现在共有多少？", "求{o}的数量。", "总共是多少{o}？", "还有多少{o}？", "现在是多少{u}？", "那么有多少{o}？", "剩下多少{u}？"]}
_MORE = {
    "en": [("+*", "{each} {n} {does} {a} {things} in the {t1} and {b} in the {t2}. How many {things} {do} {n} {doing} in {c} {period}?"),
           ("+*", "One {g} holds {a} {o} and {b} other {o2}. How many pieces are in {c} such {gs}?"), ("+*", "A ticket is {a} dollars and a snack {b} dollars. What do {c} children pay together if everyone gets both?"),
           ("+*", "{n} needs {a} minutes for homework and {b} minutes for the piano every day. How many minutes is that in {c} days?"), ("+*", "In one team there are {a} girls and {b} boys. How many children are in {c} such teams?"),
           ("+*", "{n} has {a} {o} and {m} has {b} {o}. A friend has {c} times as many as both together. How many {o} does the friend have?"), ("+*", "A hotel floor has {a} single rooms and {b} double rooms. How many rooms are on {c} floors?"),
           ("-*", "A shirt of {a} dollars is {b} dollars cheaper today. How many dollars do {c} shirts cost today?"), ("-*", "A baker bakes {a} loaves a day and {b} stay unsold. How many loaves are sold in {c} days?"), ("-*", "{n} grows {a} {o} a month and eats {b}. How many {o} are kept in {c} months?"),
           ("-*", "Each team had {a} players, but {b} of them left. How many players are in {c} teams now?"), ("-*", "A machine makes {a} parts an hour and {b} are faulty. How many good parts are made in {c} hours?"), ("-*", "A van has {a} seats, {b} of them empty. How many people sit in {c} such vans?"),
           ("/+", "{q} {o} are divided equally between {c} people. {n} is one of them and also has {a} more. How many {o} does {n} have?"), ("/+", "{q} students sit in {c} equal rows, and {a} more join the first row. How many sit in the first row?"), ("/+", "{n} packs {q} {o} into {c} boxes, the same number in each, and adds {a} to one box. How many {o} are in that box?"),
           ("/+", "{c} workers share {q} dollars equally. {n} is one of them and gets a bonus of {a} dollars. How much does {n} get?"), ("/+", "A walk of {q} kilometers is split into {c} equal days; on one day {n} goes {a} kilometers more. How many kilometers on that day?"), ("/+", "{q} seeds are planted evenly in {c} beds and {a} more go into one of them. How many seeds are in that bed?"),
           ("--", "A tank holds {a} liters. {b} liters are used in the morning and {c} in the evening. How many liters are left?"), ("--", "{n} has {a} minutes. Cooking takes {b} minutes and eating {c}. How many minutes are left?"), ("--", "Of {a} people, {b} are children and {c} are women. How many are men?"), ("--", "{n} wants to save {a} dollars and has saved {b} in May and {c} in June. How many dollars are missing?"), ("--", "A trip is {a} kilometers. {n} drives {b} kilometers, then {c} more. How many kilometers remain?"),
           ("+-", "A train has {a} travelers. {b} enter at a station and {c} leave. How many travelers are on the train?"), ("+-", "{n} has {a} dollars, earns {b} dollars and pays {c} dollars for food. How many dollars are left?"), ("+-", "A library has {a} books, buys {b} and gives away {c}. How many books does it have?"), ("+-", "The lift starts on floor {a}, goes up {b} floors and down {c}. On which floor is it?"),
           ("*+", "{n} works {b} days for {c} dollars a day and finds {a} dollars. How many dollars does {n} have?"), ("*+", "There are {b} tables with {c} seats and {a} single seats. How many seats are there?"), ("*+", "{n} reads {c} pages a day for {b} days and {a} pages on Sunday. How many pages is that?"), ("*+", "A hall has {b} lines of {c} lamps and {a} more at the door. How many lamps are there?"), ("*+", "{b} buses with {c} people each and {a} people on foot come to a party. How many people come?"),
           ("*-", "{n} buys {b} cakes for {c} dollars each and gets {a} dollars back. How much was paid in the end?"), ("*-", "A farm has {b} barns with {c} cows each. {a} cows are sold. How many cows are left?"), ("*-", "{b} lines with {c} trees were planted, but {a} trees died. How many trees live?")],
    "zh": [("+*", "{n}每天上午写{a}个字，下午写{b}个字，{c}天一共写多少个字？"), ("+*", "一个盒子里有{a}个红球和{b}个白球，{c}个这样的盒子一共有多少个球？"), ("+*", "门票{a}元，零食{b}元，{c}个孩子每人都买，一共花多少元？"), ("+*", "{n}每天做作业{a}分钟，弹琴{b}分钟，{c}天一共多少分钟？"), ("+*", "每队有{a}个女生和{b}个男生，{c}队一共有多少人？"), ("+*", "{n}有{a}{o}，{m}有{b}{u}，另一个朋友的数量是他们总数的{c}倍，这个朋友有多少{o}？"), ("+*", "宾馆每层有{a}间单人房和{b}间双人房，{c}层一共有多少间？"),
           ("-*", "一件衣服{a}元，今天便宜{b}元，买{c}件要多少元？"), ("-*", "面包店每天做{a}个面包，有{b}个卖不掉，{c}天卖出多少个？"), ("-*", "每队原来有{a}人，走了{b}人，现在{c}队一共有多少人？"), ("-*", "机器每小时做{a}个零件，其中{b}个不合格，{c}小时做出多少个合格零件？"), ("-*", "{n}每月收入{a}元，用去{b}元，{c}个月剩多少元？"), ("-*", "一节车厢有{a}个座位，{b}个没人坐，{c}节这样的车厢坐了多少人？"),
           ("/+", "{c}个人平分{q}{o}，{n}是其中一个，另外还有{a}{u}。{n}有多少{o}？"), ("/+", "{q}个学生平均坐成{c}排，第一排又来了{a}人。第一排有多少人？"), ("/+", "{n}把{q}{o}平均放进{c}个袋子，又往一个袋子里加了{a}{u}。这个袋子里有多少{o}？"), ("/+", "{c}个工人平分{q}元，{n}是其中一人，还有{a}元奖金。{n}得到多少元？"), ("/+", "{q}千米的路平均分{c}天走完，有一天{n}多走了{a}千米。那天走了多少千米？"),
           ("--", "水箱里有{a}升水，早上用了{b}升，晚上用了{c}升，还剩多少升？"), ("--", "{n}有{a}分钟，做饭用{b}分钟，吃饭用{c}分钟，还剩多少分钟？"), ("--", "一共有{a}人，其中孩子{b}人，女人{c}人，男人有多少人？"), ("--", "路程{a}千米，{n}先开了{b}千米，又开了{c}千米，还剩多少千米？"), ("--", "{n}想存{a}元，五月存了{b}元，六月存了{c}元，还差多少元？"),
           ("+-", "火车上有{a}名乘客，到站上来{b}名，下去{c}名，现在有多少名乘客？"), ("+-", "{n}有{a}元，挣了{b}元，买菜用了{c}元，还剩多少元？"), ("+-", "图书馆有{a}本书，买进{b}本，送出{c}本，现在有多少本？"), ("+-", "电梯在{a}楼，上了{b}层，又下了{c}层，现在在几楼？"),
           ("*+", "{n}干了{b}天活，每天{c}元，又捡到{a}元，{n}一共有多少元？"), ("*+", "有{b}张桌子，每张坐{c}人，另外有{a}人站着，一共有多少人？"), ("*+", "{n}每天看{c}页书，看了{b}天，周日又看了{a}页，一共看了多少页？"), ("*+", "{b}辆车每辆坐{c}人，还有{a}人走路来，一共来了多少人？"),
           ("*-", "{n}买了{b}个蛋糕，每个{c}元，便宜了{a}元，实际付了多少元？"), ("*-", "农场有{b}个牛棚，每个有{c}头牛，卖了{a}头，还剩多少头？"), ("*-", "种了{b}行树，每行{c}棵，死了{a}棵，活了多少棵？")],
}
_SLOTS = {"{each}": ["Every day", "Each week", "Every month", "Each day"], "{does}": ["does"], "{do}": ["does"], "{doing}": ["do"], "{things}": ["tasks", "puzzles", "exercises", "tests", "laps", "jobs"], "{t1}": ["morning", "first half", "afternoon"], "{t2}": ["evening", "second half", "night"], "{period}": ["days", "weeks", "months"], "{g}": ["box", "bag", "basket"], "{gs}": ["boxes", "bags", "baskets"], "{o2}": ["things", "items", "toys"]}


# What comes in and goes out again in every period, of which there are {c}; and what is counted down in few words.
_GAIN = {"en": ["gets {a} {o}", "picks {a} {o}", "makes {a} {o}", "buys {a} {o}", "receives {a} {o}", "finds {a} {o}", "bakes {a} {o}", "paints {a} {o}", "orders {a} {o}", "collects {a} {o}", "wins {a} {o}", "brings home {a} {o}"],
         "zh": ["收到{a}{o}", "做{a}{o}", "买{a}{o}", "得到{a}{o}", "领{a}{o}", "收集{a}{o}", "捡{a}{o}", "赢{a}{o}", "带回{a}{o}", "进{a}{o}"]}
_LOSS = {"en": ["gives {b} to {m}", "gives {m} {b} of them", "gives away {b}", "gives {b} of them to a friend", "loses {b}", "loses {b} of them", "sells {b}", "sells {b} of them to {m}", "hands {b} of them to {m}", "uses {b}", "throws {b} of them away", "sends {b} to {m}", "breaks {b} of them", "returns {b}", "leaves {b} of them at school"],
         "zh": ["送出{b}{u}", "分给{m}{b}{u}", "给{m}{b}{u}", "丢掉{b}{u}", "卖掉{b}{u}", "用掉{b}{u}", "弄坏{b}{u}", "还回{b}{u}", "借给{m}{b}{u}", "寄给{m}{b}{u}", "扔掉{b}{u}"]}
_AGAIN = {"en": ["buys {b} more", "gets {b} more from {m}", "finds another {b}", "makes {b} more in the evening", "receives {b} more", "adds {b}", "borrows {b} from {m}", "is given {b} by {m}"],
          "zh": ["再买{b}{u}", "从{m}那里再得到{b}{u}", "又捡到{b}{u}", "晚上再做{b}{u}", "又收到{b}{u}", "再加{b}{u}", "向{m}借{b}{u}"]}
_PERIODS = {"en": [("day", "days"), ("week", "weeks"), ("month", "months"), ("year", "years"), ("morning", "mornings"), ("visit", "visits"), ("trip", "trips")], "zh": [("天", "天"), ("周", "周"), ("个月", "个月"), ("年", "年"), ("次", "次"), ("个星期", "个星期")]}
_LEAVE = {"en": ["{x} took {y}", "{x} ate {y}", "{x} bought {y}", "{x} used {y}", "{x} got {y}", "{x} broke {y}", "{x} sold {y}", "{x} carried away {y}", "{x} lost {y}", "{x} borrowed {y}", "{x} hid {y}", "{x} was given {y}"],
          "zh": ["{x}吃了{y}{u}", "{x}取走{y}{u}", "{x}买走{y}{u}", "{x}用了{y}{u}", "{x}领走{y}{u}", "{x}弄坏{y}{u}", "{x}带走{y}{u}", "{x}借走{y}{u}", "{x}要走{y}{u}", "{x}丢了{y}{u}"]}
_STOCK = {"en": ["There were {a} {o}", "There were {a} {o} on the table", "There were {a} {o} at school", "We had {a} {o}", "The shop had {a} {o}", "A box held {a} {o}", "{a} {o} lay on the floor", "The class had {a} {o}", "There had been {a} {o}", "In the bag were {a} {o}", "The children had {a} {o}"],
          "zh": ["有{a}{o}", "地上有{a}{o}", "篮子里有{a}{o}", "原来有{a}{o}", "教室里有{a}{o}", "我们有{a}{o}", "店里原有{a}{o}", "袋子里装着{a}{o}", "一共有{a}{o}"]}


def tell_of_periods(rng: random.Random, lang: str) -> tuple[str, str]:
    kind = choose(rng, ("-*", "-*", "+*"))
    gain, change = choose(rng, _GAIN[lang]), choose(rng, (_LOSS if kind == "-*" else _AGAIN)[lang])
    one, many = choose(rng, _PERIODS[lang])
    if lang == "en":
        do = choose(rng, ("keep", "have left", "still have")) if kind == "-*" else choose(rng, ("have", "get", "end up with"))
        when = choose(rng, (f"after {{c}} {many}", f"in {{c}} {many}", f"at the end of {{c}} {many}"))
        end = choose(rng, (f"How many {{o}} does {{n}} {do} {when}?", f"How many {{o}} does {{n}} {do} {when}?", f"How many {{o}} is that {when}?", f"{when[:1].upper() + when[1:]}, how many {{o}} does {{n}} {do}?"))
        link = choose(rng, (" and ", ", and ", " but " if kind == "-*" else " and then ", ", then "))
        return kind, choose(rng, (f"{{n}} {gain} a {one}{link}{change}. {end}", f"Every {one} {{n}} {gain}{link}{change}. {end}", f"Each {one} {{n}} {gain}{link}{change}. {end}", f"{{n}} {gain} every {one}{link}{change}. {end}"))
    do = choose(rng, ("能留下", "还剩", "剩下", "能攒下")) if kind == "-*" else choose(rng, ("一共有", "共得到", "总共有"))
    link = choose(rng, ("，", "，又" if kind == "-*" else "，", "，然后", "，同时"))
    return kind, choose(rng, (f"{{n}}每{one}{gain}{link}{change}，{{c}}{many}{do}多少{{o}}？", f"{{n}}每{one}{gain}{link}{change}。{{c}}{many}后{do}多少{{o}}？", f"每{one}{{n}}{gain}{link}{change}，{{c}}{many}下来{do}多少{{o}}？"))


def tell_of_leaving(rng: random.Random, lang: str) -> tuple[str, str]:
    stock, end = choose(rng, _STOCK[lang]), choose(rng, _ENDS[lang][2:3] + _ENDS[lang][6:7] + _ENDS[lang][3:4] + _ENDS[lang][7:8] * (lang == "zh") + _ENDS[lang][10:])
    first = choose(rng, _LEAVE[lang])
    second = first if rng.random() < 0.5 else choose(rng, _LEAVE[lang])
    first, second = first.replace("{x}", "{n}").replace("{y}", "{b}"), second.replace("{x}", choose(rng, ("{m}", "{m}", "{n}"))).replace("{y}", "{c}")
    if lang == "en":
        return "--", f"{stock}{choose(rng, ('. ', '; ', ', '))}{first}{choose(rng, (' and ', ', ', ', then ', '. '))}{second}. {end}"
    return "--", f"{stock}{choose(rng, ('，', '。'))}{first}{choose(rng, ('，', '，然后', '，接着'))}{second}{choose(rng, ('。', '，'))}{end}"


def tell(rng: random.Random, lang: str) -> tuple[str, str]:
    roll = rng.random()
    if roll < 0.35:
        text = ""
        while not text or is_reserved(text):
            kind, text = (tell_of_periods if roll < 0.2 else tell_of_leaving)(rng, lang)
        return kind, text
    if roll < 0.6:
        kind, text = choose(rng, _MORE[lang])
        if lang == "en" and "{each}" in text:
            text = text.replace("{each} {n} {does} {a}", choose(rng, _SLOTS["{each}"]) + " {n} does {a}").replace("{do} {n} {doing}", "does {n} do")
        for slot, options in _SLOTS.items():
            if slot in text:
                text = text.replace(slot, choose(rng, options))
        return kind, text
    en = lang == "en"
    ends = _ENDS[lang]
    while True:
        if roll < 0.8:
            kind = choose(rng, ("+-", "--", "+-"))
            first, second = choose(rng, (_UP if kind == "+-" else _DOWN)[lang]).replace("{x}", "{b}"), choose(rng, _DOWN[lang]).replace("{x}", "{c}")
            scene = choose(rng, _HAVE[lang])
            end = ends[choose(rng, (0, 2, 3, 4, 6, 7, 9, 10))]
            if en:
                text = choose(rng, (f"{scene}. {first}, and then {second}. {end}", f"{scene}. {first} and {second}. {end}", f"{scene}. Then {first}. After that {second}. {end}", f"{scene}. {first}. {second}. {end}", f"{scene}, then {first}, later {second}. {end}"))
            else:
                text = choose(rng, (f"{scene}，{first}，后来{second}。{end}", f"{scene}。{first}，{second}。{end}", f"{scene}，先{first}，再{second}。{end}", f"{scene}。然后{first}，接着{second}。{end}", f"{scene}，{first}，{second}，{end}"))
        else:
            kind = choose(rng, ("*+", "*-"))
            unit = choose(rng, _UNITS[lang])
            scene = choose(rng, _GROUP[lang]).replace("{g}", unit)
            extra = choose(rng, (_UP if kind == "*+" else _DOWN)[lang]).replace("{x}", "{a}")
            end = ends[choose(rng, (0, 1, 3, 4, 5, 7, 8, 9) if kind == "*+" else (0, 2, 3, 4, 6, 7, 10))]
            if en:
                text = choose(rng, (f"{scene}. {extra}. {end}", f"{scene}, and {extra}. {end}", f"{scene}. Then {extra}. {end}", f"{scene}, but then {extra}. {end}"))
                if kind == "*+" and rng.random() < 0.4:
                    text = choose(rng, (f"{scene} and {{a}} single {{o}}. {end}", f"{scene} and {{a}} {{o}} besides. {end}", f"{scene}, plus {{a}} more. {end}", f"{scene}, and {{a}} are on the floor. {end}"))
            else:
                text = choose(rng, (f"{scene}，{extra}。{end}", f"{scene}。{extra}，{end}", f"{scene}，后来{extra}。{end}", f"{scene}，然后{extra}，{end}"))
                if kind == "*+" and rng.random() < 0.4:
                    text = choose(rng, (f"{scene}，外加{{a}}{{u}}。{end}", f"{scene}，此外还有{{a}}{{u}}。{end}", f"{scene}，地上还有{{a}}{{u}}，{end}"))
        if is_reserved(text):
            continue
        if en:
            text = ". ".join(part[:1].upper() + part[1:] if not part.startswith("{") else part for part in text.split(". "))
        return kind, text


@task("arithmetic.word", 5)
def story(rng: random.Random, split: str, lang: str) -> Turn:
    kind, text = choose(rng, (TEST if split == "test" else TRAIN)[lang])
    if split == "train" and rng.random() < 0.75:
        kind, text = tell(rng, lang)
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
