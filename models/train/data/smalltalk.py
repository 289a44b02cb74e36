"""Greetings, thanks, goodbyes and a few jokes."""

from __future__ import annotations

import random

from .core import Turn, choose, loosen, task
from .patterns import Patterns

# kind: (weight, English patterns, English answers, Chinese patterns, Chinese answers, what the user does in both languages)
TALK = {
    "greeting": (
        4,
        """{Hi|Hello|Hey|hi|hello|hey}{!|.||, Nano| there|!!| there!}
        {Good morning|Good evening|Good afternoon|good morning}{!|.||, Nano}
        {Glad|Happy|Good|Great} to {see you|meet you|be here}{!||.}
        {Greetings|Howdy|Hiya|Yo|hey hey}{!||.}
        {Hello|Hi} {again|everyone|my friend|computer}{!||.}
        ~{Hey|Hello} {you|Nano, good to see you}{!||.}
        ~{Nice to meet you|Pleased to meet you}{!||.}
        {Hi|Hello}, {are you there|anybody there|anyone home}?""",
        ["Hello! What can I do for you?"],
        """{你好|您好|嗨|哈喽|你好呀|你好啊}{！||。|，Nano|~}
        {早上好|下午好|晚上好|早安|中午好}{！||。|，Nano}
        {认识你真好|很高兴见到你|见到你很高兴|久仰}{！||。}
        {大家好|嘿|喂|早}{！||。}
        {又见面了|你好，我来了|我回来了}{！||。}
        ~{嗨|你好}{，小助手|，朋友|，很高兴见到你}{！||。}
        ~{很高兴认识你|幸会}{！||。}
        {在吗|有人吗|你在吗|在不在}{？|}""",
        ["你好！有什么可以帮你的吗？"], "The user greets me.", "用户在打招呼。",
    ),
    "how": (
        2,
        """How are you{?| today?| doing?| doing today?}
        How {is it going|are things|do you do|do you feel|are you feeling}{?| today?}
        {What's up|Whats up|What is new|What's new}?
        {Are you|You} {okay|well|all right|fine|happy}{?| today?}
        {How have things been|How have you felt|How goes your day|How does it go|How is life|How is your day}{?| today?|}
        {Is everything|Is all} {okay|fine|well|good}{ with you|}{?|}
        {All good|All well|Everything fine|Everything okay}{?|}
        {Do you have|Are you having} a {nice|fine|lovely} day{?|}
        ~How {have you been|goes it}?
        ~{Everything all right|Having a good day}?
        {hi|hello}, how are you?""",
        ["I am running well, thank you! What can I do for you?"],
        """你{好吗|怎么样|还好吗|过得好吗|开心吗}？
        {最近|今天}{怎么样|好吗|过得如何|还好吗}？
        {近来|这几天|这段时间}{怎么样|好吗|过得好吗|如何}？
        {都还好吗|一切顺利吗|过得还可以吗|一切好吗}？
        {心情|状态}{好吗|不错吧|怎么样啊}？
        {你今天|你最近}{怎么样|感觉如何|好吗}？
        {吃了吗|忙吗|累不累|你累吗}？
        ~{近来可好|一切都好吗|你还好吧}？
        ~{你的心情|你的状态}怎么样？
        {你好，|嗨，}{你怎么样|最近好吗}？""",
        ["我运行得很好，谢谢！有什么可以帮你的吗？"], "The user asks how I am.", "用户在问候我。",
    ),
    "thanks": (
        3,
        """{Thanks|Thank you|Thx|thanks|thank you|ty}{!|.|| very much| so much| a lot|, Nano}
        {Great|Perfect|Nice|Cool|Awesome|Super|Good}, {thanks|thank you}{!|.|}
        {That was|That's|This is} {helpful|great|very helpful|very useful|perfect}{!|.|}
        {I am|I'm} {grateful|very grateful|thankful|obliged}{!|.|| for your help}
        {Good work|Great work|Nice work|Great job|Nicely done|Bravo|Well played|You did great}{!|.|}
        {I really appreciate|I do appreciate|We appreciate} {your help|this|that|what you did}{!|.|}
        {Cheers|Big thanks|A thousand thanks|Huge thanks|All my thanks}{!|.|}
        {Thanks for|Thank you for} {your help|the help|helping|the answer}{!|.|}
        ~{Many thanks|Much appreciated|I appreciate it|Thanks a million}{!|.|}
        ~{Well done|Good job|You did well}{!|.|, thanks}
        {You are|You're} {great|helpful|nice|smart|the best|very kind}{!|.|}""",
        ["You're welcome!"],
        """{谢谢|多谢|谢了|感谢|谢谢你|谢谢您|非常感谢}{！||。|，Nano|啊}
        {太好了|很好|不错|完美|好的}，{谢谢|多谢|谢谢你}{！||。}
        {很有帮助|帮了大忙|真有用|这很有用}{！||。|，谢谢}
        {真是麻烦你了|让你费心了|你费心了|有劳了|劳驾了|辛苦你了，谢谢}{！||。}
        {十分感谢|感恩|太谢谢了|万分感激|非常感激|感激}{！||。}
        {好样的|真不错|很棒|干得不错|做得很好|漂亮|真行}{！||。}
        {谢谢|感谢}{你的帮助|你的回答|帮忙|帮助}{！||。}
        ~{辛苦了|太感谢了|万分感谢|感激不尽}{！||。}
        ~{干得好|做得好|干得漂亮}{！||。|，谢谢}
        你{真好|真棒|很聪明|太厉害了|真聪明|真厉害}{！||。}""",
        ["不客气！"], "The user thanks me.", "用户在道谢。",
    ),
    "bye": (
        3,
        """{Bye|Goodbye|Bye bye|bye|goodbye|See you|See ya}{!|.|| later|, Nano| tomorrow}
        {Good night|Sleep well|Have a good night|Have a nice day|Take care}{!|.|}
        {Till next time|Until tomorrow|Till then|See you around|See you soon|Talk later|Speak soon|Later}{!|.|}
        {We talk|Let's talk|Let us talk|I will write} {again|another day|tomorrow|later}{!|.|}
        {Adieu|Cheerio|Ciao|Take it easy|All the best}{!|.|}
        I {have to go|must go|am leaving|need to leave|am off}{ now|}{!|.|}
        {That's all|That is all|That was all}{ for today| for now|}{, bye|.|}
        ~{Until next time|Farewell|Catch you later|So long}{!|.|}
        ~{Talk to you|I will see you} {soon|another time}{!|.|}
        {ok|okay}, {bye|see you|goodbye}{!||.}""",
        ["Goodbye! See you next time."],
        """{再见|拜拜|回见|再会|拜|下次见|明天见}{！||。|，Nano|啦|了}
        {晚安|好梦|祝你愉快|保重}{！||。}
        {以后再聊|下次聊|明天再聊|有空再聊|有机会再聊|回聊}{！||。|吧}
        {后会|我们后会有日|来日再见|再叙|就此别过}{！||。}
        {下回再见|下次再来|改日再见|回头再说}{！||。}
        我{要走了|先走了|得走了|下线了|要睡了|该走了}{！||。|，再见}
        {今天就到这里|就这些了|没别的事了|就到这吧}{！||。|，再见}
        ~{后会有期|改天聊|回头聊|下回见}{！||。}
        ~{先聊到这|我们以后再聊}{！||。}
        {好的|好}，{再见|拜拜|回头见}{！||。}""",
        ["再见！下次见。"], "The user says goodbye.", "用户在道别。",
    ),
    "joke": (
        3,
        """{Tell|Can you tell|Could you tell} me {a joke|a funny joke|another joke|something funny|a short joke}{.|?|}
        {Do you know|Do you have} {a joke|any jokes|a good joke|a funny story}?
        {Make me laugh|Joke please|joke|A joke please|one more joke}{!|.|}
        {I want to|I'd like to} hear {a joke|something funny|a good joke}{.|}
        ~{Say something funny|Cheer me up with a joke|Entertain me with a joke}{.|!}
        ~{Got|Know} any {good jokes|jokes}?
        {Please|Please,} tell me {a joke|something funny}{.|}""",
        [
            "Why was six afraid of seven? Because seven eight nine.", "Why did the computer sneeze? It had a virus.", "What do you call a bear without teeth? A gummy bear.",
            "Why is the math book sad? It has too many problems.", "Parallel lines have so much in common. It is a pity they will never meet.",
            "What did zero say to eight? Nice belt!", "Why did the bicycle fall over? It was two-tired.", "There are 10 kinds of people: those who know binary and those who do not.",
            "Why did the scarecrow win a prize? It was outstanding in its field.", "What is orange and sounds like a parrot? A carrot.",
        ],
        """{给我|}讲{一个|个}{笑话|好笑的笑话|有趣的笑话|短笑话}{。|吧|}
        {说|来}{个|一个}{笑话|搞笑的|段子}{。|吧|}
        {你会|能|可以}{讲笑话|说笑话|讲个笑话}吗？
        {逗我笑|让我笑一下|逗我开心|再来一个笑话|笑话}{。|吧|！|}
        ~{有什么好笑的|有没有笑话|你知道什么笑话}{？|吗？}
        ~{我想听|想听}{笑话|个笑话|好玩的笑话}{。|}
        请{讲|说}{个|一个}笑话{。|}""",
        [
            "为什么数学书很忧伤？因为它的问题太多了。", "0 对 8 说：你的腰带真漂亮！", "为什么电脑打喷嚏？因为它中了病毒。", "什么动物最容易摔倒？狐狸，因为它脚滑（狡猾）。",
            "什么门永远关不上？球门。", "什么东西越洗越脏？水。", "世界上有 10 种人：懂二进制的和不懂二进制的。", "两条平行线有很多共同点，可惜永远不能见面。",
            "什么路最窄？冤家路窄。", "什么布剪不断？瀑布。",
        ], "The user wants a joke.", "用户想听笑话。",
    ),
    "feeling": (
        1,
        """I {am|feel} {sad|tired|bored|lonely|unhappy|stressed|down}{.|| today|!}
        I {had|have had} a {bad|hard|long|terrible} day{.||!}
        {Today was|This week was} {hard|terrible|exhausting|bad}{.|}
        {Everything|It all|My week|My life} {went wrong|is going wrong|is hard|is terrible|feels wrong}{.|}
        Nothing {works|goes right|is good}{ today|}{.|}
        {I am|I feel} {so|very|really} {sad|tired|bored|lonely|stressed}{.|}
        ~{My day was|Everything is} {awful|too much|bad}{.|}""",
        ["I'm sorry to hear that. I am only a small model, but I hope it gets better soon."],
        """我{很|好|有点|今天很|真的很}{难过|累|无聊|孤独|不开心|伤心|郁闷}{。||！}
        今天{很糟糕|很累|过得不好|太难了|不顺利}{。|}
        {什么都|一切都|今天一切都}{不顺|很糟|不好|乱套了}{。|}
        {心情不好|我不高兴|我压力很大|好烦}{。|}
        {我|}{感到|觉得}{难过|孤独|很累|无聊|压力大}{。|}
        ~{我的一天|最近}{糟透了|太累了|不好过}{。|}""",
        ["听到这个我很遗憾。我只是一个小模型，但希望你很快好起来。"], "The user does not feel well.", "用户心情不好。",
    ),
    "okay": (
        1,
        """{Ok|OK|Okay|Alright|I see|Got it|ok|Understood|Sure|Yes|No|Fine}{.|!|}
        {Good|Great|Nice|Cool|Perfect|Interesting|Wow}{.|!|}
        {Never mind|Forget it|Nothing|It's nothing}{.|!|}
        {So be it|Very good|Right|Right then|All right|Okay then|That's fair|True|Sounds good|That is fine}{.|!|}
        {I understand|That makes sense|I get it}{.|}
        ~{All right then|Makes sense|Fair enough|Very well}{.|!|}""",
        ["All right! Ask me whenever you like."],
        """{好|好的|嗯|行|知道了|明白了|明白|是的|不是|可以|OK|哦}{。|！|}
        {不错|很好|棒|厉害|有意思|哇|真的吗}{。|！|}
        {这样子啊|是这样啊|原来是这样|那行|那好|那就这样吧|也行|也好}{。|！|}
        {没事|算了|没什么|不用了}{。|！|}
        {我懂了|我明白了|有道理|原来如此}{。|}
        ~{那好吧|这样啊|行吧|好吧}{。|！|}""",
        ["好的！有问题随时问我。"], "The user agrees.", "用户表示知道了。",
    ),
}
KINDS = {kind: (Patterns(entry[1]), entry[2], Patterns(entry[3]), entry[4], entry[5], entry[6]) for kind, entry in TALK.items()}
DRAW = [kind for kind, entry in TALK.items() for _ in range(entry[0])]


@task("smalltalk", 3)
def smalltalk(rng: random.Random, split: str, lang: str) -> Turn:
    en, answers_en, zh, answers_zh, why_en, why_zh = KINDS[choose(rng, DRAW)]
    if lang == "en":
        return loosen(rng, en.pick(rng, split)), why_en, choose(rng, answers_en)
    return loosen(rng, zh.pick(rng, split)), why_zh, choose(rng, answers_zh)
