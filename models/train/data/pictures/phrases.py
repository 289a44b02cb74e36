"""How people ask about pictures. One pattern a line, alternatives in braces; lines with "~" belong to the test alone (../patterns.py).

Places: {a} a thing with its article, {x} without, {xs} in the plural, {y} {b} the other thing (without, with article), {p} a place, {n} a number word.
"""

from __future__ import annotations

from ..patterns import Patterns

_P = "{picture|image|photo}"
_I = "{in the picture|in the image|in this picture|in this image|here|in the photo|}"
_Z = "{图里|图中|图片里|这张图里|图片中|画面里|照片里}"


def _both(en: str, zh: str) -> dict[str, Patterns]:
    fill = lambda text: text.replace("<P>", _P).replace("<I>", _I).replace("<图>", _Z)  # noqa: E731
    return {"en": Patterns(fill(en), "en"), "zh": Patterns(fill(zh), "zh")}


PHRASES: dict[str, dict[str, Patterns]] = {
    "name": _both(
        """{What is|What's} this?
        {What is|What's} {in|on|shown in} {the|this} <P>?
        What {do you see|can you see|can be seen|is there to see} <I>?
        What {does|is it that} {the|this} <P> show?
        {What is|What's} {shown|pictured|drawn|depicted} <I>?
        ~What am I looking at {here|in this picture}?
        {Name|Identify|Recognise|List} {the thing|the object|everything|what you see|the things|the objects} <I>
        {Which|What} {thing|object|things|objects} {is|are} <I>?
        {Tell me|Say|Can you tell me|Please tell me} what {is|you see} <I>
        {What does this look like|What could this be|What might this be|Do you recognise this}?
        ~{Could you|Please} name what {appears|there is} in the {picture|image}?
        {What|Which thing|Which object} is {this|that|it}{ a picture of| an image of|}?
        {I want to know what this is|Do you know what this is|Guess what this is|any idea what this is}
        {this is what|what is in here|what have we here|what do we have here|what's that}?
        {Could you|Can you|Would you|Please|Kindly} {name|identify|tell me|say} {what is shown|what is drawn|what you see|what we have|the thing|the object|all that you see} <I>{?|}
        {Name|Say|Write down|Note down} {what is shown|what is drawn|what is visible|what has been drawn|whatever you see} {here|in the picture|in this image}{.|}
        {Put a name to|Give me the name of|Give the names of} {it|this|what you see|everything here}{.|}
        What {has been drawn|did somebody draw|is there|turns up|am I seeing} <I>?""",
        """这是什么{？|呢？|东西？|啊？}
        <图>{有什么|是什么|画的是什么|有哪些东西|有些什么}？
        {你看到了什么|你看见什么了|你能看到什么|能看到什么|看到了什么}？
        {这张图|这幅图|这张图片|图片|这张照片}{显示了什么|是什么|画了什么|里有什么|展示的是什么}？
        {说出|列出|告诉我|请说出|识别}<图>{的东西|有什么|的物体|的物品}
        ~我{给你看|发给你}的是什么{？|东西？}
        {请问|你知道|帮我看看|看看|认一认}{这是什么|图里是什么|图中是什么}{？|}
        {图上|画上|上面|图像中}{是什么|有什么|画着什么}？
        {这个|这个东西|图中的物体|图里的东西|图上的东西}{是什么|叫什么|是啥|叫什么名字}？
        {认得出|认识|能认出}{这是什么|图里的东西|这个}吗？
        ~{请|麻烦你}{辨认|指出}图里{都有什么|出现了什么}
        {这啥|这是啥|图里有啥|里面有什么|里面有啥|有什么}{？|}
        {能不能|可否|能否|请你|劳驾}{说一下|认一下|讲一下|说说}<图>{都是什么|画了什么|有什么东西|是什么东西}{？|}
        {这里|图里|画里}{画的|出来的|看到的}{都是什么|是些什么|是哪些东西}？
        {请写出|写出|写下}<图>{东西的名字|所有东西|看到的东西}
        {我发了|我放了|给你}{一张图|一张照片}，{是什么|里面是什么|认得吗}{？|}""",
    ),
    "exists": _both(
        """Is there {a} <I>?
        {Do|Can} you see {a} <I>?
        Does {the|this} <P> {show|contain|have|include} {a}?
        {Is|Do you find} {a} <I>?
        {Can you find|Can you spot|Do you spot|Is there any} {x} <I>?
        ~Would you say that there is {a} in this?
        {Tell me|Check|Say} {if|whether} there is {a} <I>
        {Have you seen|Do we have|Did you see} {a} <I>?
        I am looking for {a}, is {it|one} <I>?
        {Is|Can} {a} {shown|be seen|pictured|visible|to be seen} <I>?
        ~Might {a} be somewhere in the picture?
        {a}: is {that|it} <I>?
        Does {a} appear <I>?
        {Tell me|Say|Check} {if|whether} {a} appears <I>""",
        """<图>有{x}吗？
        {有没有|有无|是否有}{x}？
        <图>{有没有|是否有|是不是有}{x}？
        {你|你能|能不能|能}{看到|看见|找到}{x}吗？
        {这张图|图片|这幅图|照片}{里|中|上}{包含|出现|存在}{x}吗？
        ~里面会不会有{x}{？|呢？}
        {看看|检查一下|告诉我|帮我看看}{有没有|是不是有}{x}
        {x}在{图里|图中|里面|图片里}吗？
        {我在找|我想找|帮我找}{x}，{图里有吗|有吗|看到了吗}？
        有{x}{吗|么|没有|没}？
        ~图上能不能见到{x}？""",
    ),
    "count": _both(
        """How many {xs} are there <I>?
        How many {xs} {can you see|do you see|are shown|can be seen|do you count} <I>?
        Count the {xs} <I>
        {Tell me|Say|Do you know|Can you tell me} how many {xs} there are <I>
        {What is|What's} the {number|count} of {xs} <I>?
        ~The {xs} here: how many are they?
        How many {xs}?
        {Please count|Can you count|Could you count|Count} {all the|the} {xs}
        {Give me|I need} the number of {xs} <I>
        How many {xs} {does the picture show|does the image contain|are in it|do we have}?
        ~In total, how many {xs} show up here?
        number of {xs}?
        How many {xs} appear <I>?
        {Say|Tell me} how often the {x} appears <I>""",
        """<图>有{几个|多少个|多少}{x}？
        {有几个|一共有几个|总共有几个|有多少个|有多少}{x}？
        {数一数|数数|请数一下|帮我数一下|数一下}<图>{的|有几个}{x}
        {你能看到|你看到|能看到|看得到}{几个|多少个}{x}？
        {x}{有几个|有多少个|一共几个|有多少|的数量是多少}？
        ~图上的{x}共有多少？
        {告诉我|请问|你知道}{x}{有几个|的数量|有多少个}{？|}
        {几个|多少个}{x}？
        {这张图|图片|画面}{上|里|中}{出现了|画了|一共有}{几个|多少个}{x}？
        ~请清点{x}的个数
        {计算|统计}<图>{x}的{数量|个数}""",
    ),
    "total": _both(
        """How many {things|objects|items} are there <I>?
        How many {things|objects|items} {can you see|do you see|are shown|can be counted} <I>?
        Count {the|all the} {things|objects|items} <I>
        {What is|What's} the {total number|number} of {things|objects|items} <I>?
        {Tell me|Can you say} how many {things|objects} {there are|you see} <I>
        ~All in all, how many items are in this?
        How many {things|objects} {altogether|in total|are in it}?
        {total number of|number of} {objects|things}?
        How many {things|objects|items} appear <I>?""",
        """<图>{一共有|总共有|共有|有}{几个东西|多少个东西|几样东西|几个物体|多少个物体}？
        {一共|总共}{有几个|有多少个|几个|多少个}{东西|物体|物品}？
        {数一数|数数|数一下}<图>{有几个|有多少个}{东西|物体|物品}
        {你能看到|你看到了}{几个|多少个|几样}{东西|物体|物品}？
        {东西|物体|物品}{一共几个|有多少个|的总数是多少|有几个}？
        ~图上的东西加起来有多少？
        {几个东西|多少个物体|有几样东西}？""",
    ),
    "where": _both(
        """Where is the {x} <I>?
        {Where's|Where do you see|Where can I find} the {x} <I>?
        {In which|In what|On which} {part|area|corner} {of the picture|of the image|} is the {x}?
        {Tell me|Say|Show me|Can you tell me} where the {x} is <I>
        What is the {position|place|location} of the {x} <I>?
        ~Whereabouts is the {x}?
        {Find|Locate} the {x} <I>
        the {x} is where?
        {On which side|Where exactly|Where in the picture} is the {x}?
        ~The {x} can be found where in the picture?
        Where does the {x} appear <I>?
        In {which|what} {place|part|corner} does the {x} appear?""",
        """{x}在{哪里|哪儿|什么位置|哪个位置|什么地方}？
        <图>的{x}在{哪里|哪儿|什么位置|哪}？
        {告诉我|请问|你知道|看看}{x}在{哪里|哪|什么位置|图的哪个位置}{？|}
        {x}{位于|处于|在图的}{哪里|什么位置|哪个方位|哪边}？
        {找到|找出|找一下|定位}<图>的{x}
        ~{x}摆在哪个位置{？|了？}
        {哪里|哪儿}有{x}？
        {x}的位置{是什么|在哪|呢|是哪里}？
        ~请指出{x}所在的位置""",
    ),
    "at": _both(
        """{What is|What's} {in|on} the {p} {of the picture|of the image|}?
        {Which thing|What thing|Which object|What} is {shown|drawn|to be seen} {in|on} the {p}?
        {What do you see|What can you see} {in|on} the {p}?
        {Tell me|Say} what is {in|on} the {p}
        {Name|Identify} the thing {in|on} the {p}
        ~And what sits {in|on} the {p}?
        Look at the {p}: {what is it|what is there|what do you see}?
        What appears {in|on} the {p}?
        {Say|Tell me} what appears {in|on} the {p}""",
        """<图>{p}{是什么|有什么|的是什么|的东西是什么}？
        {p}{是什么|有什么|的是什么|画的是什么|有什么东西}？
        {告诉我|请问|看看}{p}{是什么|有什么}{？|}
        {你看到|你能看到}{p}{有什么|是什么}？
        {说出|认出}{p}的{东西|物体}
        ~位于{p}的是什么{？|东西？}
        {p}那个{是什么|东西是什么|是啥}？""",
    ),
    "relative": _both(
        """Is the {x} {to the left of|left of} the {y} or {to the right|right} of it, above it or below it?
        Where is the {x}, seen from the {y}?
        {Where is|Where's} the {x} {relative to|compared to|in relation to|with respect to} the {y}?
        On which side of the {y} is the {x}?
        {Tell me|Say} where the {x} is {relative to|as seen from} the {y}
        ~Taking the {y} as reference, where is the {x}?
        Is the {x} left, right, above or below the {y}?
        In which direction from the {y} is the {x}?""",
        """{x}在{y}的{哪边|哪一边|什么方向|哪个方向|什么位置}？
        {相对于|对于|以}{y}，{x}在{哪边|哪里|什么方向}？
        {x}{位于|处于}{y}的{哪边|哪个方向|哪一侧}？
        从{y}看，{x}在{哪边|哪个方向|哪里}？
        {x}在{y}的左边、右边、上面还是下面？
        ~以{y}作为参照，{x}在何处？
        {告诉我|请问}{x}在{y}的哪边{？|}""",
    ),
    "is_left": _both(
        """Is the {x} {to the left of|left of|on the left of} the {y}?
        Is the {y} to the right of the {x}?
        Does the {x} stand left of the {y}?
        {Is it true that|Is it right that} the {x} is left of the {y}?
        {Tell me|Check} whether the {x} is to the left of the {y}
        ~Would the {x} be further left than the {y}?
        Is the {x} more to the left than the {y}?""",
        """{x}在{y}的{左边|左侧|左面}吗？
        {y}在{x}的{右边|右侧}吗？
        {x}是{不是|否}在{y}的左边？
        {看看|告诉我}{x}是不是在{y}左边
        {x}比{y}{更靠左|靠左}吗？
        ~{x}是不是位于{y}的左侧？""",
    ),
    "colour": _both(
        """What {colour|color} is the {x} <I>?
        {Which|What} {colour|color} does the {x} have?
        {What is|What's} the {colour|color} of the {x} <I>?
        {Tell me|Say|Can you tell me} {the colour|the color|what colour|which color} {of|is} the {x}
        The {x}: {what|which} {colour|color} is it?
        ~In which {colour|color} was the {x} drawn?
        {colour|color} of the {x}?
        {Is the {x} red, blue or what|What color has the {x}|How is the {x} coloured}?""".replace("{Is the {x} red, blue or what|What color has the {x}|How is the {x} coloured}?", "How is the {x} coloured?"),
        """{x}是什么颜色{的？|？|呢？}
        <图>的{x}{是什么颜色|是哪种颜色|什么颜色}？
        {x}的颜色{是什么|是哪种|呢|是啥}？
        {告诉我|请问|看看|你知道}{x}{是什么颜色|的颜色}{？|}
        {什么颜色的|哪种颜色的}{x}？
        ~{x}涂的是哪种颜色？
        {x}{什么色|啥颜色|是啥颜色}？""",
    ),
    "ground": _both(
        """What {colour|color} is the background?
        {What is|What's} the {colour|color} of the background <I>?
        {Which|What} {colour|color} does the background have?
        {Tell me|Say} the {colour|color} of the background
        background {colour|color}?
        {What|Which} {colour|color} {is|can be seen} {behind|around|between|under} {everything|all of this|the figures|the forms|the drawings|it all|the shapes}?
        {On|Against|In front of} {what|which} {colour|color} {are the shapes|are the figures|are the forms|is everything|is all this} {drawn|painted|shown|placed|set}?
        {What|Which} {colour|color} {is|was} the {ground|backdrop|paper|canvas|surface|page} {behind it|painted|here|}?
        {What|Which} {colour|color} {fills|covers} the {rest of the|remaining} <P>?
        {What|Which} {colour|color} {fills|has} the {space around the shapes|empty space|area around them|space between the figures}?
        {How is|In what colour is|In what color is} the background {coloured|painted|filled}?
        ~What {colour|color} lies behind the shapes?""",
        """背景{是什么颜色|是哪种颜色|的颜色是什么|什么颜色}？
        <图>的背景{是什么颜色|是什么色|什么颜色}？
        {告诉我|请问}背景{的颜色|是什么颜色}{？|}
        {底色|背景色|背景颜色}是什么？
        {图形|形状|它们|这些东西}{后面|背后|周围|下面|旁边}是{什么颜色|哪种颜色|什么色}？
        {图形|形状|它们|这些}{画在|放在|摆在}{什么颜色|哪种颜色}的{底上|背景上|纸上|画布上}？
        {空白处|其余的地方|剩下的部分|画布|底面|衬底}{是什么颜色|什么颜色|涂的什么颜色}？
        ~后面衬的是什么颜色？""",
    ),
    "shape": _both(
        """What shape is {the {x} one|the {x} shape|the {x} thing}?
        What {is|kind of shape is} the {x} {shape|figure|one|thing}?
        {Which|What} shape does the {x} one have?
        {Tell me|Say|Can you tell me} {the|which} shape {of the {x} one}
        {What is|What's} the form of the {x} one?
        ~The {x} figure has which form?
        {Name|Identify} the {x} {shape|figure}
        the {x} {one|thing} is {what|which} shape?""".replace("{the {x} one|the {x} shape|the {x} thing}", "the {x} one").replace("{of the {x} one}", "of the {x} one").replace("{the|which} shape of", "the shape of"),
        """{x}的{是什么形状|是哪种形状|形状是什么|图形是什么|东西是什么形状}？
        <图>{x}的{图形|那个|东西}是什么{形状|}？
        {告诉我|请问|看看}{x}的{是什么形状|图形是什么}{？|}
        {什么形状|哪种形状|哪个图形}是{x}的？
        {说出|认出}{x}的{形状|图形}
        ~{x}的那个图案属于何种形状？
        {x}那个{是什么图形|是啥形状|是什么形状}？""",
    ),
    "larger": _both(
        """Which is {larger|bigger}, the {x} or the {y}?
        {Which one|What} is {larger|bigger} <I>: the {x} or the {y}?
        Is the {x} or the {y} {larger|bigger}?
        Of the {x} and the {y}, which {is larger|is bigger|looks larger|looks bigger}?
        {Compare|Look at} the {x} and the {y}: which is {larger|bigger}?
        ~Which one takes up more room, the {x} or the {y}?
        The {x} or the {y}: {what|which} is {bigger|larger}?
        {Tell me|Say} which is {bigger|larger}, the {x} or the {y}
        Which {covers|occupies|fills} {more space|more of the picture|a larger area|the larger part}, the {x} or the {y}?
        Which is drawn {larger|bigger}, the {x} or the {y}?
        The {x} and the {y}: which one has the {larger|greater} {size|area}?
        Does the {x} or the {y} {take more space|cover more|need more space}?
        Which appears {larger|bigger}, the {x} or the {y}?""",
        """{x}和{y}{哪个大|哪个更大|哪个比较大|谁更大|谁大}？
        <图>{x}和{y}{哪个大|哪个更大|谁大}？
        {x}大还是{y}大？
        {更大的是|比较大的是|大的是}{x}还是{y}？
        {比较|比一比}{x}和{y}，{哪个大|哪个更大|谁更大}？
        ~{x}与{y}，谁占的地方更多？
        {告诉我|请问}{x}和{y}哪个{大|更大}{？|}
        {x}和{y}，{哪个|谁}{占的面积大|面积更大|画得更大|个头更大|占得更多|占的空间更大}？
        {x}跟{y}比，{哪个|谁}{更大|大一些|大一点}？
        {x}、{y}，{大的是哪个|谁的面积大|哪个显得大}？""",
    ),
    "smaller": _both(
        """Which is smaller, the {x} or the {y}?
        {Which one|What} is smaller <I>: the {x} or the {y}?
        Is the {x} or the {y} smaller?
        Of the {x} and the {y}, which {is|looks} smaller?
        {Tell me|Say} which is smaller, the {x} or the {y}
        ~Which one takes up less room, the {x} or the {y}?
        The {x} or the {y}: which is smaller?
        Which {covers|occupies|fills} {less space|less of the picture|a smaller area|the smaller part}, the {x} or the {y}?
        Which is drawn smaller, the {x} or the {y}?
        The {x} and the {y}: which one has the {smaller|lesser} {size|area}?
        Does the {x} or the {y} {take less space|cover less|need less space}?
        Which appears smaller, the {x} or the {y}?""",
        """{x}和{y}{哪个小|哪个更小|哪个比较小|谁更小|谁小}？
        {x}小还是{y}小？
        {更小的是|比较小的是|小的是}{x}还是{y}？
        {比较|比一比}{x}和{y}，{哪个小|谁更小}？
        {告诉我|请问}{x}和{y}哪个{小|更小}{？|}
        ~{x}与{y}，谁占的地方更少？
        {x}和{y}，{哪个|谁}{占的面积小|面积更小|画得更小|个头更小|占得更少|占的空间更小}？
        {x}跟{y}比，{哪个|谁}{更小|小一些|小一点}？
        {x}、{y}，{小的是哪个|谁的面积小|哪个显得小}？
        {x}小还是{y}小？""",
    ),
    "largest": _both(
        """Which {thing|one|object} is the {largest|biggest} <I>?
        {What is|What's} the {largest|biggest} {thing|object|one} <I>?
        {Name|Tell me|Find} the {largest|biggest} {thing|object} <I>
        What {looks|is} {biggest|largest} <I>?
        ~Which of them takes up the most room?
        Which {thing|one|object} {covers|occupies|fills} {the most space|most of the picture|the largest area} <I>?
        {What|Which one} {needs|takes} the most space <I>?""",
        """<图>{最大的|哪个最大的|最大的东西}是什么？
        {哪个|哪个东西|什么|谁}最大？
        {说出|告诉我|找出}<图>最大的{东西|物体|一个}
        最大的{东西|物体|那个|一个}是什么？
        ~其中占地方最多的是哪个？
        <图>{占地最大的|面积最大的|占空间最多的|画得最大的}是{什么|哪个}？
        {谁|哪个}{的面积最大|画得最大|占得最多}？""",
    ),
    "describe": _both(
        """Describe {the|this} <P>
        {Can you|Could you|Please|Will you} describe {the|this} <P>{?|}
        {Describe|Tell me|Say} what you see {and where|and where it is}
        {What is where|What is where in the picture|Where is what}?
        {Give me|Write|I need} a {description|short description} of {the|this} <P>
        ~Put this {picture|image} into words
        {Tell me about|Say something about|Explain} {the|this} <P>
        {What does the picture look like|How does the picture look|What is going on in this picture}?
        {In words|In a sentence|In your own words}, {what is where|what does the picture look like|what do you see and where}?
        {Write down|Express|Tell} in words {what the picture shows|what is in the image|the content of the picture}
        {Turn|Convert} {the|this} <P> into a {description|sentence}
        {Say|Write} what is where <I>
        Describe all that appears {here|in the picture}""",
        """{描述|描述一下|请描述|形容一下}{这张图|图片|这幅图|这张图片|画面|这张照片}
        {说说|说一说|讲讲|介绍一下}{这张图|图片|这幅图|画面}
        {图里|图中}{有什么，在哪里|什么东西在哪里|都有什么，分别在哪}？
        {给|为}{这张图|图片}{写一个|写一段|作个}{描述|说明}
        {用一句话|用文字}{描述|说明}{这张图|图片}
        ~把这幅画面讲给我听
        {这张图|图片}{是什么样的|长什么样|的内容是什么}？
        {跟我|给我|为我}{说说|讲讲|说一说|介绍}{图里的内容|画面内容|图上有些什么，在哪里|这张图}
        {用语言|用文字|用话}{说明|表达|写出}{这张图|画面|图片的内容}
        {把|请把}{图片内容|画面内容|看到的东西和位置}{说出来|写出来|写下来}""",
    ),
    "read": _both(
        """What does it say?
        {What does|What's written in|What is written in} {the|this} <P>{ say|}?
        {What is|What's} {written|printed} {here|on it|there|in the image}?
        {Read|Read out|Transcribe|Copy|Type} the {text|words|writing} {in the picture|in the image|here|}
        {Which|What} {text|words|writing} {is|can be read|do you see} <I>?
        ~Spell out the writing for me
        {Can you|Could you|Please} read {this|the text|what it says}{?|}
        {Tell me|Say} what {it says|is written here|the text says}
        What can {you|one} read <I>?
        ~Convert the picture to text
        {text in the picture|the text please|OCR this|extract the text|read it}
        {What|Which} {text|writing} appears <I>?
        {Write|Type|Say} the {words|text} that appear here""",
        """{上面|图上|图里|这里|图片上}{写了什么|写的是什么|写着什么|的文字是什么|有什么字}？
        {读出|读一下|念一下|念出|识别|提取}{图中|图里|上面|图片里|}的{文字|字|内容}
        {写的是什么|写了什么|是什么字|什么字|写着什么}？
        {图里|图中|图片}的{文字|字}{是什么|是啥|写的什么|内容是什么}？
        {请问|告诉我|帮我看看|看看}{上面写了什么|写的是什么|这是什么字}{？|}
        ~把图里的字打出来给我
        {你能|能不能|可以}{读出|认出|看清}{上面的字|文字|这些字}吗？
        {把|请把}{文字|图中的字|上面的字}{抄下来|写下来|读出来}
        ~请把图中的文字转写出来""",
    ),
    "line": _both(
        """What does the {n} line say?
        {What is|What's} {written in|in|on} the {n} line?
        Read the {n} line
        {Tell me|Give me} the {n} line
        {Which|What} {text|words} {is|are} {in|on} the {n} line?
        ~The {n} line reads how?""",
        """第{n}行{写了什么|写的是什么|是什么|写着什么}？
        {读出|念出|读一下|告诉我}第{n}行{的文字|的内容|}
        {图中|图里|上面}第{n}行{是什么|写了什么|的字是什么}？
        第{n}行的{字|文字|内容}{是什么|呢}？
        ~第{n}行怎么写的？""",
    ),
    "lines": _both(
        """How many lines of text are there <I>?
        How many lines {does the text have|are written here|can you see}?
        Count the lines {of text|}
        {What is|Tell me} the number of lines
        ~The text runs over how many lines?""",
        """{有|一共有|共有}{几行|多少行}{字|文字}？
        {文字|图中的字|字}{有几行|一共几行|有多少行}？
        {数一数|数一下}有几行{字|文字}
        {几行字|多少行文字}？
        ~这段话排了几行？""",
    ),
    "chart_kind": _both(
        """What {kind|type|sort} of chart is {this|it}?
        {Which|What} chart {is this|do you see|is shown}?
        {Is this a bar, line or pie chart|Is it a bar chart, a line chart or a pie chart}?
        {Name|Tell me} the {kind|type} of chart
        ~How would you call this {kind|type} of diagram?
        {What is|What's} {this|such a} {kind|type} of {chart|diagram|graph} called?
        {Which|What} {kind|type|sort} of {diagram|graph} {is this|is it|do you see}?
        {What|How} do you call {this chart|this diagram|such a graph}?""",
        """这是{什么图表|哪种图表|什么类型的图|哪种图|什么统计图}？
        {图表|这个图}{是什么类型|属于哪种|是哪种}？
        这是柱状图、折线图还是饼图？
        {告诉我|请问}{图表类型|这是什么图表}{？|}
        ~这张统计图属于哪一类？
        {这个图表|这张图|这幅图表|这种图}{叫什么图|是什么图|是哪种统计图|是哪类图表|叫什么}？
        {属于|这是}{什么种类|哪一种|哪种类型}{的图表|的统计图|的图}？
        图表的{种类|类型|形式}{是什么|是哪种}？""",
    ),
    "chart_title": _both(
        """{What is|What's} the {title|heading} of the chart?
        What is the chart {about|called}?
        {Which|What} title does the chart {have|carry}?
        {Read|Tell me} the {title|heading}{ of the chart|}
        What does the {chart|diagram} {show|deal with}?
        ~The chart bears which name?
        {What|Which} name {does the chart have|is given to the chart|stands above the chart}?
        {How|What} is the {chart|diagram|graph} {titled|headed|named}?
        {What|Which words} {stands|stand|is written} above the {chart|diagram}?""",
        """{图表|这个图|图}的标题{是什么|叫什么|写的什么}？
        {图表|这个图}{叫什么|是关于什么的|讲的是什么|名字是什么}？
        {读出|告诉我|说出}{图表的标题|标题}
        标题{是什么|写了什么}？
        ~图上方的标题怎么写的？
        {图表|这张图|统计图}{上面|顶上|上方}{写着什么|写的是什么|的字是什么|是什么标题}？
        {这个统计图|这张图表}{起了什么名字|题目是什么|的题目叫什么}？""",
    ),
    "highest": _both(
        """Which {one|bar|part|value|category} is the {highest|largest|biggest}?
        {What|Which} has the {highest|largest|greatest} value?
        {Which|What} {is|comes} {highest|first|at the top} in the chart?
        {Tell me|Find|Name} the {highest|largest} {one|value|category}
        {What is|What's} the {largest|highest} {one|item|category} {of the chart|}?
        ~Which of them comes out on top?
        Where is the {maximum|peak}?
        {Which|What|Who} {leads|ranks first|is in front|is ahead of all|wins|is the leader}{ in the chart|}?
        {Which|What} {takes first place|is number one|has the most}?
        {The top|The winner|First place}: which {one|category} is it?""",
        """{哪个|哪一个|哪一项|谁}{最高|最大|最多|的值最大}？
        {最高的|最大的|最多的|数值最大的}{是哪个|是什么|是谁|是哪一项}？
        {图表|图}{里|中}{哪个|哪一项}{最高|最大|最多}？
        {告诉我|找出|说出}{最高的|最大的}{一项|一个|}
        最大值{是哪个|在哪|是哪一项}？
        ~排第一的是谁？
        {谁|哪个|哪一项}{排名最前|排在首位|位居第一|领先|在最前面|得第一|名列第一}？
        第一名是{谁|哪个|哪一项}？
        {谁|哪个|什么}{数值最高|遥遥领先|是冠军}？""",
    ),
    "lowest": _both(
        """Which {one|bar|part|value|category} is the {lowest|smallest}?
        {What|Which} has the {lowest|smallest} value?
        {Which|What} {is|comes} {lowest|last} in the chart?
        {Tell me|Find|Name} the {lowest|smallest} {one|value|category}
        Where is the minimum?
        ~Which of them comes out at the bottom?
        {Which|What|Who} {trails|ranks last|is behind all others|loses|is in last place}{ in the chart|}?
        {Which|What} {takes last place|has the least|has the fewest}?
        {The bottom|The loser|Last place}: which {one|category} is it?""",
        """{哪个|哪一个|哪一项|谁}{最低|最小|最少|的值最小}？
        {最低的|最小的|最少的|数值最小的}{是哪个|是什么|是谁|是哪一项}？
        {图表|图}{里|中}{哪个|哪一项}{最低|最小|最少}？
        {告诉我|找出|说出}{最低的|最小的}{一项|一个|}
        ~排最后的是谁？
        {谁|哪个|哪一项}{排名最后|排在末位|垫底|在最后面|倒数第一|名列最后}？
        最后一名是{谁|哪个|哪一项}？
        {谁|哪个|什么}{数值最低|落在最后}？""",
    ),
    "value": _both(
        """{What is|What's} the value {of|for} {x}?
        {How much|How many} {is|are there for} {x}?
        {Which|What} {value|number} does {x} have?
        {Tell me|Read|Give me} the {value|number} {of|for} {x}
        {x}: {how much|what value|which number}?
        ~What figure belongs to {x}?
        {What number is|What is} {shown|written} {for|at} {x}?
        Which number appears {for|at} {x}?""",
        """{x}的{值|数值|数据|数字}{是多少|是什么|是几}？
        {x}{是多少|有多少|多少|对应多少}？
        {图表|图}{里|中}{x}{是多少|的值是多少|有多少}？
        {读出|告诉我|说出}{x}的{值|数值|数字}
        {x}对应的{数字|数值}{是多少|是什么}？
        ~{x}那一项标着几？""",
    ),
    "more": _both(
        """Which is {higher|more|larger}, {x} or {y}?
        Is {x} or {y} {higher|larger}?
        {Which|What} has the {higher|larger} value, {x} or {y}?
        {Compare|Look at} {x} and {y}: which is {higher|larger}?
        ~Between {x} and {y}, which one leads?
        {x} {against|versus|or} {y}: which {is ahead|has more|is in front}?
        {Which|Who} {is ahead|is in front|has more}, {x} or {y}?""",
        """{x}和{y}{哪个高|哪个多|哪个大|谁更高|谁更多}？
        {x}{高|多|大}还是{y}{高|多|大}？
        {比较|比一比}{x}和{y}，{哪个高|哪个多|哪个更大}？
        {x}与{y}相比，{哪个更高|谁更多}？
        ~{x}跟{y}比，谁领先？
        {x}和{y}{哪个|谁}{在前|在前面|排前面|占优|数值高}？
        {x}、{y}，{谁多|哪个多|哪个值大}？""",
    ),
    "bars": _both(
        """How many {bars|parts|values|categories|items} {are there|does the chart have|are shown|do you see}?
        Count the {bars|parts|values|categories}
        {What is|Tell me} the number of {bars|values|categories|parts}
        ~The chart is made of how many {parts|items}?""",
        """{图表|图}{里|中}{有几项|有几个数据|有多少项|一共几项}？
        {一共|总共|}{有几项|有几个类别|有多少个数据}？
        {数一数|数一下}{有几项|有几个数据}
        ~这图由几项组成？""",
    ),
    "title": _both(
        """{What is|What's} the {title|heading} of the {window|screen|page|app}?
        What does the title {bar |}say?
        {Which|What} {window|screen|page} is {this|open|shown}?
        {Read|Tell me} the title {of the window|of the screen|}
        ~Under which heading is this {window|page}?""",
        """{窗口|界面|页面|这个屏幕}的标题{是什么|叫什么|写的什么}？
        标题栏{写了什么|写的是什么|上是什么}？
        这是{什么窗口|什么界面|哪个页面|什么页面}？
        {读出|告诉我}{窗口标题|标题}
        ~最上面的标题文字是什么？""",
    ),
    "message": _both(
        """What does the {message|dialog|window} say?
        {What is|What's} the {message|text of the dialog}?
        {Read|Tell me} the message
        {Which|What} message is {shown|displayed}?
        ~What is the dialog telling the user?""",
        """{对话框|窗口|消息|提示}{写了什么|写的是什么|说什么|的内容是什么}？
        {显示的|提示的}{消息|内容|文字}是什么？
        {读出|告诉我}{提示内容|消息内容|对话框的内容}
        ~这弹窗想说什么？""",
    ),
    "buttons": _both(
        """{Which|What} buttons {are there|do you see|can I press|does the window have|are shown}?
        {List|Name|Read} {the|all} buttons
        {What do|Tell me what} the buttons say{?|}
        {What can I click|What can I press}?
        ~What is there to click on?
        {Which|What} buttons appear <I>?""",
        """{有哪些|有什么}按钮？
        {列出|读出|说出}{所有按钮|按钮|按钮上的字}
        按钮{写了什么|上写着什么|是什么|分别是什么}？
        {可以|能}{点|按}什么{按钮|}？
        ~能点选的有哪几个？""",
    ),
    "primary": _both(
        """{What does|Which text is on} the {coloured|colored|highlighted|main} button{ say|}?
        {Which|What} button is {coloured|colored|highlighted}?
        {Read|Tell me} the {highlighted|coloured|main} button
        ~What is written on the button that stands out?
        What does the button {in colour|with the strong colour|in blue or in another colour|that is coloured} say?
        {Which|What} button {catches the eye|is the most noticeable|is emphasised}?""",
        """{彩色|高亮|主要|有颜色}的按钮{写了什么|是什么|上写着什么|是哪个}？
        哪个按钮{是高亮的|是彩色的|被突出显示|有颜色}？
        {读出|告诉我}{高亮|彩色}按钮{的文字|}
        ~显眼的那个按钮叫什么？
        {最醒目的|颜色最深的|带颜色的|突出的}{按钮|那个按钮}{叫什么|写着什么|是什么|上的字是什么}？
        {哪个按钮|什么按钮}{最醒目|最明显|带颜色}？""",
    ),
    "switch": _both(
        """Is {x} {on|switched on|turned on|enabled}{ or off|}?
        {Is the {x} switch on}?
        {Tell me|Check} {if|whether} {x} is {on|enabled|switched on}
        {What is|What's} the {state|setting} of {x}?
        {x}: on or off?
        ~Has {x} been activated?""".replace("{Is the {x} switch on}", "Is the {x} switch on"),
        """{x}{开了吗|打开了吗|是开着的吗|开着吗|是开还是关}？
        {x}的开关{是开的吗|打开了吗|是什么状态}？
        {看看|告诉我}{x}{开没开|有没有打开|是否打开}
        {x}{是否|有没有}{打开|开启|启用}？
        ~{x}现在启用了没有？""",
    ),
    "which_on": _both(
        """{Which|What} {switches|settings|options} are {on|switched on|enabled}?
        {What is|What's} {switched on|turned on|enabled}?
        {List|Name} {everything|the settings} that {is|are} {on|enabled}
        ~Which of the options have been activated?""",
        """{哪些|什么}{开关|选项|设置|}{是开着的|打开了|开着|已启用}？
        {列出|说出}{打开的|已启用的}{开关|选项|设置}
        {打开了|启用了}哪些{选项|设置|}？
        ~哪几项已经激活了？""",
    ),
    "field": _both(
        """What {is|does it say} in the {x} field?
        {What is|What's} {entered|written|typed} {for|as|under} {x}?
        {Which|What} {x} {is given|was entered|is written there}?
        {Read|Tell me} the {x} field
        ~What did someone fill in for {x}?""",
        """{x}{填的是什么|写的是什么|是什么|一栏写了什么|栏里是什么}？
        {x}{输入框|文本框|那一栏}{里|中}{是什么|写了什么}？
        {读出|告诉我}{x}的{内容|值}
        ~{x}那里填了什么？""",
    ),
    "chat_with": _both(
        """{Who|With whom} is the chat with?
        {What is|What's} the name of the {contact|chat partner}?
        {Whose|Which} {chat|conversation} is this?
        {Who is the contact|Who am I chatting with|Who is this chat with}?
        ~Which name heads the conversation?""",
        """{和谁|在和谁|跟谁}{聊天|对话}？
        {联系人|聊天对象|对方}{是谁|叫什么|的名字是什么}？
        这是{和谁的|跟谁的}{聊天|对话}？
        ~这段会话上头的名字是谁？""",
    ),
    "last_message": _both(
        """{What is|What's} the last message?
        What does the {last|latest|newest} message say?
        {Read|Tell me} the {last|latest} message
        ~What was written most recently?
        What {was said|was written} last{ in the chat|}?
        {With which words|With what|How} does the {chat|dialogue|conversation} {end|close}?
        {What|Which message} {came in last|comes last|is the most recent}?""",
        """{最后一条|最新一条|最后的|最新的}消息{是什么|写了什么|说什么|内容是什么}？
        {读出|告诉我}{最后一条|最新的}消息
        {最后|最新}说了什么？
        ~末尾那条消息说的是什么？
        {对话|聊天|会话}{以什么结束|的最后一句是什么|怎么结束的}？
        {最后一句|最近的消息|最下面的消息|结尾}{是什么|说的是什么|写的什么}？""",
    ),
    "first_message": _both(
        """{What is|What's} the first message?
        What does the {first|top} message say?
        {Read|Tell me} the {first|top} message
        ~How does the conversation begin?
        What {was said|was written} first{ in the chat|}?
        {With which words|With what|How} does the {chat|dialogue} {start|open}?
        {What|Which message} comes first{ in the conversation|}?""",
        """第一条消息{是什么|写了什么|说什么|内容是什么}？
        {读出|告诉我}{第一条|最上面的}消息
        {最上面|一开始}{说了什么|写了什么}？
        ~这段对话怎么开头的？
        {对话|聊天|会话}{以什么开始|从哪句话开始|的开头是什么|的第一句是什么|怎么开始的}？
        {第一句|最早的消息|开头}{是什么|说的是什么|写的什么}？""",
    ),
    "apps": _both(
        """{Which|What} apps {are there|do you see|are shown|are on the screen}?
        {List|Name|Read} {the|all} apps{ on the screen|}
        {What|Which} {apps|icons} {can you see|are installed|are here}?
        ~Go through the apps on this phone""",
        """{有哪些|有什么}{应用|软件|程序|app}？
        {列出|说出|读出}{所有应用|屏幕上的应用|应用的名字}
        屏幕上{有哪些|有什么}{应用|软件|图标}？
        ~手机上摆着哪些程序？""",
    ),
    "who": _both(
        """Who is this {person|man|woman|guy}?
        {What is|What's} the name of {this person|the man|the woman|the person in the picture}?
        {When|Where} was {this|the} <P> taken?
        {Who|Which artist} {took|made|drew|painted} {this|the} <P>?
        {Which|What} brand is {this|it}?
        ~{Do you know who|Can you say who} this {is|might be}?
        {How old is|What does} {this person|the person}{| think}?
        How much does {this|it} cost?
        {In which city|In which country|At what address} {is this|was this}?
        ~Which celebrity does this resemble?
        {How much does it weigh|What is it made of|Who owns this|What happened before this picture}?
        {Is this person happy|What is the person's job|Whose face is this}?""",
        """这{个人|位|个男人|个女人}是谁？
        {这个人|图中的人|照片里的人}{叫什么名字|是谁|多大了|是做什么的}？
        {这张照片|这张图|图片}{是在哪里拍的|是什么时候拍的|是谁拍的|是谁画的}？
        {这是|它是}{什么牌子|哪个品牌|什么品牌}{的|}？
        {这个|它}{多少钱|卖多少钱|值多少钱|有多重}？
        ~你{认识|认得}{这个人|图中人}吗？
        {这是哪个城市|这是哪个国家|这是什么地址|这在哪条街}？
        ~这像哪位{明星|名人}？
        {这个东西|它}是{什么材料做的|谁的|在哪里买的}？
        {这个人在想什么|这个人的职业是什么|这是谁的脸}？""",
    ),
}
LANGS = ("en", "zh")
