"""More ways to ask, for training alone: grammars attached to the phrasings of every skill. See grammar.py for the notation.

What the test asks is held out: a question that equals one of its phrasings is never drawn (grammar.phrase).
"""

from __future__ import annotations

import re

from . import arithmetic as A
from . import dates as D
from . import followups as F
from . import geography as G
from . import language as L
from . import letters as T
from . import quantities as Q
from . import units as U
from .grammar import Grammar
from .phrases import Phrases


def more(phrases: Phrases, en: str, zh: str, noise: float = 1.0, share: float = 0.7) -> None:
    places = tuple(sorted(set(re.findall(r"\{\w*\}", phrases.train["en"][0]))))
    phrases.more = {"en": Grammar(en, False, places), "zh": Grammar(zh, True, places)}
    phrases.noise, phrases.share = noise, share


more(
    A.ASK,
    """<whatis> [the [answer|result|value|outcome|total|solution] [of|to|for] |]{}[?||.| equal to?| equal?| exactly?]
    [compute|calculate|work out|figure out|evaluate|solve|determine|do|find|run|process|check|crunch] [this|the following|this one|the sum|that|it|] [: |][{}|{} for me|{} please|{}, thanks|{}, thank you|{} now|{} step by step|{} by hand]
    <can>[compute|calculate|work out|figure out|evaluate|solve|do|add up|find|tell me|give me|say] {}[?| for me?| please?|, please?| now?]
    <tell> [what|how much|] {} [is|equals|makes|gives|comes to|amounts to|would be|comes out to|turns out to be][?||.]
    [I need|I want|I'd like|I would like|I'm looking for|we need|find me|give me|get me|hand me|just|simply] [the answer to|the result of|the value of|to know|to calculate|the answer for|] {}[.||, please|!| please]
    [how much|how many] [is|are|does|do|would] {} [make|give|come to|amount to|be|equal|add up to|] [?||in total?|exactly?]
    [do|does|did] [you know|anyone know] [what|how much] {} [is|equals|makes]?
    [{} is|{} equals|{} makes|{} gives|{} comes to|the answer to {} is|the result of {} is] [what|how much|which number|?|...]?
    {} [?|??|= ?|= |equals?|is?|is what?|is how much?|please?|answer?|result?|solution|, what is it?|, how much is that?|, what do you get?|makes what?|thanks]
    [answer|result|solution|question|task|exercise|problem|homework|math|maths|calculation|sum|next|number 3|a)|1.|Q] [:|=|is|-] {}[ =||?|.]
    [what do you get|what do we get|what comes out|what results|what happens|what number comes out] [if you compute|when you calculate|from|if I type|for|with|when I work out|if we do] {}?
    my [teacher|boss|calculator|friend|kid|brother|homework] [asks|wants|says|needs|has] [me |us |] {}[. What is it?|, what is that?|: how much?|, help|?]
    [so|then|and|now|ok] {}[?| is?| = ?]
    [is|was] {} [hard|difficult|easy] [for you|]? [What is it|Solve it|Tell me the answer|How much is it]?
    [use|take] [your head|the usual method|mental arithmetic|pen and paper] [for|on|to do] {}
    [if I have|suppose I have|say we have] {}, [what is the result|what do I get|how much is it|what does it come to]?
    [the value of|the result of|the answer to] {}[?||.| please| is needed]""",
    """{}[|的][结果|得数|答案|值|] [是|等于|为|得|=][<多少>|] [？||。]
    {}<到底>[等于|是|得|为|得出|算出来是|算下来是|结果是|合计|应该是|答案是]<多少>[？||?|呢？|啊|呀？]
    <算>[一下|下面这道题|这个|这道题|]{}[||。|吧|，谢谢|，好吗|的结果|等于多少|是多少|？|可以吗|看]
    <问>{}[|的结果|的答案|的值][<到底>等于<多少>|<到底>是<多少>|得<多少>|是几][？||吗|。]
    [请|麻烦|]<算>：{}
    [怎么算|怎么计算|如何计算|能不能算出|会不会算|会算|知道]{}[吗？|？|呢|，答案是多少？|，结果是多少]
    {}[，|]?[求结果|求答案|答案|求解|请作答|请回答|结果是？|怎么算|来算算|你会吗|会算吗|多少啊|几啊|得几啊|是啥|结果呢|答案呢]
    [题目|问题|作业|数学题|计算题|口算题|填空|第三题|1.|问|练习]：{}[=|等于|＝||？|是多少]
    [如果|假如|要是|当]我[输入|计算|算]{}，[会得到什么|结果是多少|等于几|得多少]？
    [我要|我需要|给我|我想要|我想得到|直接给我|告诉我]{}的[答案|结果|得数|值][。||就行|，谢谢|！]
    [老师|同学|孩子|作业|妈妈|朋友][问|让我算|问我|叫我算|考我]{}[，等于多少？|是多少|，怎么算？|，帮帮我|，答案是？]
    {}[一共|总共|合计|共][是|有|得]<多少>？
    [那|那么|所以|然后|接着|再来][算|]{}[呢|？|=|等于<多少>？|是<多少>？]""",
)
more(
    A.ADD,
    """<whatis> [the sum|the total|the result|the answer] [of|if you add|when adding|from adding] {a} and {b}[?||.]
    [add|sum up|total|add up|combine|put together|sum] {a} [and|with|&] {b}[.|||?| for me| please|, please| now|, what do you get?|: result?]
    [add|plus] {b} [to|onto|on top of] {a}[.||?| please|, what is it?]
    <can>[add|sum|total|add up|combine] {a} and {b}[?| for me?| please?]
    [if I have|I have|there are|suppose I have] {a} and [get|add|receive|gain|find|buy] {b} more, [how many|how much|what] [is that|is it|do I have|are there] [in total|now|altogether|in all|]?
    [how much|what] [is|are|do|does] {a} and {b} [together|in total|combined|altogether|add up to|sum to|make together|added together|in all][?||.]
    [what is|how much is|give me] {a} [increased by|raised by|added to|more than|together with] {b}?
    [total|sum|addition] of {a} [and|with|&] {b}[?||:|=]
    {b} more than {a}[?| is what?| is how much?]
    <tell> [the sum|the total] of {a} and {b}[.||?]""",
    """{a}[和|与|跟|同|加][{b}]的[和|总和|合计|总数|和值][<到底>是<多少>|等于<多少>|为<多少>|][？||。]
    [把|将]{a}[和|与|跟|同]{b}[加起来|相加|加在一起|合起来|求和|加到一块儿|加总][是<多少>|等于<多少>|得<多少>|会得到多少|][？||。|，谢谢]
    <算>{a}[与|和|跟]{b}[的和|之和|的总和|相加的结果|加起来是多少|一共是多少][。||？]
    {a}[再加|加上|增加|添上|多了|加]{b}[<到底>是<多少>|等于<多少>|得<多少>|后是<多少>|一共是<多少>|总共<多少>|变成多少|呢]？
    [我有|有|已有|原来有]{a}[个|元|，]?[又|再|后来又][来了|买了|得到|拿到|加上|增加]{b}[个|元|]，[一共|现在|总共|合计][是|有]<多少>？
    比{a}[多|大]{b}的数是<多少>？
    {a}[和|与|跟|加]{b}[一共|总共|合起来|合计|加起来|加一起]<到底>[是|有|得|]<多少>？""",
)
more(
    A.SUB,
    """<whatis> [the difference [between|of|from]|what is left of] {a} [and|to|after subtracting|less|reduced by] {b}[?||.]
    [subtract|take|remove|deduct|take away|pull|knock off] {b} [from|off|out of|away from] {a}[.||?| please| for me|, what is left?|, what remains?|: result?]
    <can>[subtract|take|remove|deduct] {b} [from|off|away from] {a}[?| for me?| please?]
    [what is|what's|how much is|how many is|what do I get for] {a} [less|reduced by|decreased by|take away|without|lowered by|diminished by] {b}?
    [if I have|I have|there were|suppose I have] {a} and [lose|spend|give away|remove|use|sell|take away] {b}, [how many|how much|what] [is left|are left|remains|do I have left|is that]?
    [how much|what] is [left|over|remaining|still there] [when|if|after] {b} [is|are] [subtracted|removed|deducted|taken away|gone] from {a}?
    {a} [with {b} removed|after taking {b} away|and then {b} less|cut by {b}|less {b}][?| is what?| is how much?]
    [starting from|beginning at] {a}, [go down|go back|subtract|take off] {b}[.||?]
    <tell> the difference [between|of] {a} and {b}[.||?]""",
    """{a}[和|与|跟|同|减][{b}]的差[值|距|][<到底>是<多少>|等于<多少>|为<多少>|][？||。]
    [从|在]{a}[里|中|里面|当中][减去|减掉|去掉|拿走|扣掉|拿掉|扣除|减][{b}][还剩<多少>|是<多少>|等于<多少>|剩下<多少>|得<多少>|][？||。]
    {a}[减去|减掉|少了|减少|扣掉|拿走|去掉|用掉|花掉|减][{b}][<到底>是<多少>|等于<多少>|得<多少>|后是<多少>|还剩<多少>|还有<多少>|剩下<多少>|变成多少|呢]？
    <算>{a}[与|和|跟|减|减去]{b}[的差|之差|相减的结果|是多少|还剩多少][。||？]
    [我有|有|原来有]{a}[个|元|]，[用了|花了|丢了|送人|卖了|拿走|少了]{b}[个|元|]，[还剩|现在有|剩下|还有]<多少>？
    比{a}[少|小]{b}的数是<多少>？
    [把|将]{a}[减少|减去|减掉]{b}[是<多少>|得<多少>|等于<多少>|][？||。]""",
)
more(
    A.MUL,
    """<whatis> [the product|the result of multiplying|the multiplication] [of |]{a} [and|by|with|times] {b}[?||.]
    [multiply|times] {a} [by|and|with|times] {b}[.||?| please| for me|, what is it?|: result?]
    <can>multiply {a} [by|and|with|times] {b}[?| for me?| please?]
    [what is|what's|how much is|how many is|give me|tell me] {a} [multiplied by|times|lots of|groups of|sets of|taken] {b}[ times|]?
    [how much|what] [is|are|do|does] {a} and {b} multiplied [together|with each other|]?
    [there are|I have|I buy|suppose there are] {a} [boxes|bags|rows|groups|packs] [of|with] {b}[ each|][, how many is that| in total how many|: how many in all|. Total]?
    {a} [groups|lots|packs|rows|times] of {b}[?| is what?| is how much?| makes what?]
    [if|when] [you|I|we] multiply {a} [by|with|and] {b}, what [is it|comes out|is the result|do I have]?
    [product|multiplication] of {a} [and|with|by] {b}[?||:|=]
    <tell> the product of {a} and {b}[.||?]""",
    """{a}[和|与|跟|同]{b}[的积|的乘积|相乘的结果|之积|乘起来][<到底>是<多少>|等于<多少>|为<多少>|][？||。]
    [把|将|用]{a}[和|与|跟|同|乘上|乘以|去乘][{b}][相乘|乘起来||][是<多少>|等于<多少>|得<多少>|][？||。]
    {a}[乘以|乘上|乘|的{b}倍|去乘][{b}|][<到底>是<多少>|等于<多少>|得<多少>|后是<多少>|呢]？
    <算>{a}[与|和|跟]{b}[的积|的乘积|之积|相乘|相乘的结果|相乘是多少][。||？]
    [有|买了|一共有]{a}[盒|袋|行|组|箱]，每[盒|袋|行|组|箱]{b}个，[一共|总共|合计]<多少>[个|]？
    {a}个{b}[<到底>是<多少>|等于<多少>|相加是多少|一共是多少|是几]？""",
)
more(
    A.DIV,
    """<whatis> [the quotient|the result|the quotient and the remainder] [of dividing|when dividing|of|if you divide] {a} [by|and|divided by|over] {b}[?||.]
    [divide|split|share|break] {a} [by|into|among|between] {b}[.||?| please| for me|, with the rest|, what is it?|: result?| equally| with the remainder]
    <can>divide {a} by {b}[?| for me?| please?| with the rest?]
    [what is|what's|how much is|give me|tell me] {a} [over|split by|shared by|divided into {b} parts or|divided through] {b}?
    [how often|how many times] [does|will|can|do] {b} [fit|go] [into|in] {a}?
    [how many|how much] [does each get|is each share|is in each part|for each] [if|when] {a} [is|are] [shared among|divided by|split between|split among|dealt to] {b}[?| people?]
    [I have|there are|suppose we have] {a} [and|,] {b} [groups|people|boxes|bags], [how many each|how many for each|how many in each]?
    [quotient|division] of {a} [by|and] {b}[?||:]
    [what remains|what is left|what is the quotient] when [you|I|we] divide {a} by {b}?
    <tell> [the quotient|the result] [of|for] {a} divided by {b}[.||?]""",
    """{a}[除以|÷]{b}[的商|的结果|等于几余几|得几余几|商多少余多少|的商是多少|结果是多少|的余数和商|<到底>得<多少>][？||。]
    [把|将|用]{a}[除以|平均分给|平均分成|分成|等分成][{b}][份||][是<多少>|等于<多少>|得<多少>|每份<多少>|][？||。]
    <算>{a}除以{b}[|的商|的结果|是多少|，写出余数|和余数][。||？]
    {a}[中|里|里面|当中][有|包含|含有|能分出]<多少>个{b}？
    [有|一共有]{a}个[糖|苹果|球|]，[分给|平均分给]{b}个人，每人[多少|几个|分几个]？
    {b}[除|去除]{a}[是<多少>|等于<多少>|得<多少>]？
    {a}[被|让]{b}除[是<多少>|等于<多少>|得<多少>]？""",
)
more(
    Q.LARGER,
    """[which|what|which one|which number|which of these|which of the two|which value] is [the |][larger|bigger|greater|higher|more|largest|biggest]: {a} or {b}[?||.]
    [which|what|which one|which number|which of the two] [is|has] the [larger|bigger|greater|higher] [value|number|one], {a} or {b}[?|]
    <tell> [which|what|which one] is [larger|bigger|greater|higher|more][,|:| ] {a} or {b}[?||.]
    [compare|look at|take|consider|here are two numbers:] {a} and {b}[.|,|:|;] [which|which one|what] is [larger|bigger|greater|higher|the larger|the greater one]?
    [is|would] {a} or {b} [be |][larger|bigger|greater|higher|the bigger one|more]?
    [give|choose|select|name|find|show|return|write] [me |][the larger|the bigger|the greater|the higher|the maximum] [number|one|of the two|value|]: {a}[,| or| and| |;] {b}
    [larger|bigger|greater|max|maximum|higher][:| of| number:| one:] {a} [and|or|,|vs] {b}[?|]
    {a} [vs|versus|vs.|against] {b}[, which is bigger|, which is larger|: what is more|; the larger one|. Larger]?
    between {a} and {b}, which [one |number |]is [larger|bigger|greater|higher]?
    which is more, {a} or {b}?""",
    """{a}[和|与|跟|、|还是|或者|或|同]{b}[，||相比|比较|比一比|比起来]?<到底>[哪个|哪一个|谁|哪个数|哪边|哪个值][大|更大|比较大|大一些|大一点|要大|最大|数值大][呢|啊|些||]？
    [比较|比较一下|对比|比一比|看看]{a}[和|与|跟]{b}[，|的大小，|：][哪个大|谁更大|大的是哪个|哪个更大些|较大的是？][？|]
    [哪个|谁|哪个数|哪一个][大|更大|比较大|大一些]？{a}[还是|或者|和|或]{b}[？|]
    <问>{a}[和|与|跟|还是]{b}[哪个大|哪个更大|谁大|谁更大|哪个数大一些][？|]
    [选出|选|给出|说出|指出|写出|挑出|取]?[较大|更大|大一点|最大|大][的|的数|的那个|的一个|的那个数][：|：|是] {a}[和|，|、|还是]{b}
    {a}大[还是|，还是|或者]{b}大？
    {a}[和|与]{b}[当中|之间|中|里|两个数里|这两个数]，?[大的|较大的|更大的|比较大的]是[哪个|谁|哪一个|多少]？""",
)
more(
    Q.SMALLER,
    """[which|what|which one|which number|which of these|which of the two] is [the |][smaller|lower|less|littler|smallest]: {a} or {b}[?||.]
    [which|what|which one|which number] [is|has] the [smaller|lower|lesser] [value|number|one], {a} or {b}[?|]
    <tell> [which|what|which one] is [smaller|lower|less][,|:| ] {a} or {b}[?||.]
    [compare|look at|take|consider|here are two numbers:] {a} and {b}[.|,|:|;] [which|which one|what] is [smaller|lower|less|the smaller]?
    [is|would] {a} or {b} [be |][smaller|lower|the smaller one|less]?
    [give|choose|select|pick|name|find|show|return] [me |][the smaller|the lower|the lesser|the minimum] [number|one|of the two|value|]: {a}[,| or| and| |;] {b}
    [smaller|min|minimum|lower][:| of| number:| one:] {a} [and|or|,|vs] {b}[?|]
    {a} [vs|versus|vs.|against] {b}[, which is smaller|, which is less|: what is less|; the smaller one]?
    between {a} and {b}, which [one |number |]is [smaller|lower|less]?""",
    """{a}[和|与|跟|、|还是|或者|或|同]{b}[，||相比|比较|比一比|比起来]?<到底>[哪个|哪一个|谁|哪个数|哪边|哪个值][小|更小|比较小|小一些|小一点|要小|最小|数值小][呢|啊|些||]？
    [比较|比较一下|对比|比一比|看看]{a}[和|与|跟]{b}[，|的大小，|：][哪个小|谁更小|小的是哪个|哪个更小些|较小的是？][？|]
    [哪个|谁|哪个数|哪一个][小|更小|比较小|小一些]？{a}[还是|或者|和|或]{b}[？|]
    <问>{a}[和|与|跟|还是]{b}[哪个小|哪个更小|谁小|谁更小|哪个数小一些][？|]
    [选出|选|给出|说出|指出|写出|挑出|找出|取]?[较小|更小|小一点|最小|小][的|的数|的那个|的一个|的那个数][：|：|是] {a}[和|，|、|还是]{b}
    {a}小[还是|，还是|或者]{b}小？
    {a}[和|与]{b}[当中|之间|中|里|两个数里|这两个数]，?[小的|较小的|更小的|比较小的]是[哪个|谁|哪一个|多少]？""",
)
more(
    Q.IS_MORE,
    """[is|isn't|would you say|do you think|am I right that|is it correct that|is it right that|can we say that|tell me if|check if|check whether|do we have|does it hold that|I wonder if|true or false:|verify:|tell me whether] {a} [is |][greater than|larger than|bigger than|more than|above|higher than|>|over] {b}[?||.]
    [is|was] {a} [really |actually |indeed |][greater than|larger than|bigger than|more than|above|higher than|>] {b}[?|, yes or no?|, right?|]
    {a} [is greater than|is larger than|is bigger than|is more than|>|is above] {b}[, right?|, true?|, correct?|, yes or no?|: true or false?|, is that so?| ?]
    [does|can] {a} [exceed|beat|be more than|be larger than] {b}?""",
    """{a}[是否|是不是|真的|确实|会不会|有没有可能|难道][比{b}大|大于{b}|超过{b}|大过{b}|多于{b}|高于{b}][吗||呢]？
    {a}[比{b}大|大于{b}|超过{b}|比{b}要大|比{b}更大|>{b}|多于{b}|高于{b}][吗|对吗|是吗|对不对|是不是|没错吧|是真的吗|正确吗|，对还是错|成立吗]？
    [判断|判断一下|请判断|检查|确认一下|看看]：?{a}[大于|比|>][{b}][大||][吗|对不对|是否成立|]？
    <问>{a}[是否|是不是][大于{b}|比{b}大|超过{b}][？|]""",
)
more(
    Q.PERCENT_OF,
    """<whatis> {p}[%| percent| per cent] [of|out of|from] {n}[?||.]
    [compute|calculate|work out|figure out|find|determine|get|take|give me|tell me|show me] {p}[%| percent| per cent] [of|from] {n}[.||?| please| for me]
    <can>[compute|calculate|work out|find|tell me] {p}[%| percent] of {n}[?| for me?| please?]
    [how much|how many|what] [is|are|would be|makes|does] {p}[%| percent| per cent] of {n}[ make| come to|][?|]
    <tell> [what|how much] {p}[%| percent] of {n} is[?||.]
    [of|from] {n}, {p}[%| percent] [is what|is how much|would be|makes][?|]
    {p}[%| percent] of {n} [equals|is|=|makes|comes to] [what|how much|?]?
    [I need|I want|I'd like] {p}[%| percent] of {n}[.||, please]
    [a tip of|a tax of|a fee of|a commission of] {p}% on {n} is [what|how much]?""",
    """{n}的[{p}%|百分之{p}|{p}％][<到底>是<多少>|等于<多少>|有<多少>|为<多少>|得<多少>|][？||。]
    <算>{n}的[{p}%|百分之{p}|{p}％][|是多少|等于多少|的值][。||？]
    <问>{n}的[{p}%|百分之{p}][是<多少>|等于<多少>|有<多少>][？|]
    [取|拿|抽出|从]{n}的[{p}%|百分之{p}][是<多少>|等于<多少>|有<多少>]？
    [百分之{p}|{p}%]的{n}[等于<多少>|是<多少>]？
    {n}[乘以|×|*][{p}%|百分之{p}][是<多少>|等于<多少>|=]？""",
)
more(
    Q.WHAT_PERCENT,
    """[what|which|how many] [percent|percentage|per cent|share in percent|part in percent] [of|out of] {n} [is|are|does|would be|makes up] {m}[?||.]
    {m} [is|makes|equals|represents|corresponds to|would be|makes up] [what|which|how many] [percent|percentage|per cent] of {n}[?|]
    <tell> [what|which] [percent|percentage] {m} is of {n}[?||.]
    [calculate|compute|work out|find|give me] [the percentage of |what percent of {n} is |]{m} [of|out of|from] {n}[ as a percentage| in percent| in %|][?||.]
    {m} [of|out of|from|/] {n} [as a percent|as percentage|in %|as a percentage|as %|is how many percent][?|]
    [I got|I have|I scored|we sold] {m} [out of|of] {n}[, what percent is that|, how much is that in percent|, which percentage is that]?""",
    """{m}[占|是|为|相当于|等于]{n}的[百分之几|百分之多少|多少百分比|百分比是多少|几个百分点|百分率是多少][？||。|呢？|啊？]
    <算>{m}[占|是]{n}的[百分之几|百分之多少|百分比|百分率][。||？]
    <问>{m}[占|是]{n}的[百分之几|百分之多少|百分比][？|]
    [在|从]{n}[里|里面|当中|中]，?{m}[占|是][百分之几|百分之多少|多少百分比][？|]
    {n}[个|人|]里[面|]?有{m}[个|人|]，占[百分之几|百分之多少|多大比例]？
    [考试|]?{n}[分|题]得了{m}[分|题]，[是百分之几|正确率是多少|占百分之多少]？""",
)
more(
    Q.CHANGE,
    """<whatis> {n} [raised by|plus|with|increased with|grown by|after a rise of|after an increase of|after adding|going up by|and] {p}[%| percent][ more| added|][?||.]
    [increase|raise|grow|lift|push up|bump up|scale up] {n} by {p}[%| percent| per cent][.||?| please|, what is it?]
    <can>[increase|raise|add] {n} [by|with] {p}[%| percent][?| please?]
    [how much|what] [is|will be|does] {n} [become |be |][after a {p}% increase|after going up {p}%|if it rises by {p}%|if it grows {p} percent|plus {p} percent|if increased by {p}%]?
    [a price|a salary|a rent|a value|something|an amount|a bill] of {n} [rises|increases|grows|goes up|climbs] by {p}[%| percent][. How much is it now|, what is it then|, what is the new value|. New amount]?
    {n} [goes|went] up by {p}[%| percent][, so what is it|. Now it is|: new value]?
    <tell> what {n} becomes [after a rise of|if raised by|plus] {p}[%| percent][.||?]""",
    """{n}[增长|提高|增加|上涨|涨|上升|加|上调|涨了][了|]?[{p}%|百分之{p}][之后|以后|后|，|][<到底>是<多少>|等于<多少>|变成<多少>|为<多少>|得<多少>|呢][？||。]
    [把|将]{n}[增长|提高|增加|上涨|上调|加上|调高][{p}%|百分之{p}][是<多少>|等于<多少>|变成多少|得<多少>|][？||。]
    [价格|工资|房租|数量|原价|售价]{n}[元|]?[，|]?[涨了|提高了|增加了|上涨了|涨价|上调][{p}%|百分之{p}]，?[现在是<多少>|现价是<多少>|新价格是多少|变成<多少>]？
    <算>{n}[增加|上涨|提高|加][{p}%|百分之{p}][后是多少|的结果|等于多少||之后是多少]？""",
)
more(
    Q.DISCOUNT,
    """<whatis> {n} [lowered by|minus|less|decreased by|cut by|after a discount of|after a fall of|after taking off|going down by|with a discount of] {p}[%| percent][?||.]
    [decrease|reduce|cut|drop|shrink|bring down|scale down|discount] {n} by {p}[%| percent| per cent][.||?| please|, what is it?]
    <can>[reduce|decrease|cut|lower] {n} by {p}[%| percent][?| please?]
    [how much|what] [is|will be|does] {n} [become |be |][after a {p}% decrease|after going down {p}%|if it falls by {p}%|if it drops {p} percent|minus {p} percent|with {p}% off|if reduced by {p}%]?
    [a price|a salary|a coat|a value|something|an amount|a ticket] of {n} [falls|decreases|drops|goes down|is reduced|sinks] by {p}[%| percent][. How much is it now|, what is it then|, what is the new value|. New amount]?
    {n} [goes|went] down by {p}[%| percent][, so what is it|. Now it is|: new value]?
    {p}[%| percent] off {n}[?| is what?| is how much?| makes what price?]
    <tell> what {n} becomes [after a fall of|if lowered by|minus] {p}[%| percent][.||?]""",
    """{n}[减少|降低|下降|下跌|降|减|下调|跌|降了|少了][了|]?[{p}%|百分之{p}][之后|以后|后|，|][<到底>是<多少>|等于<多少>|变成<多少>|为<多少>|还剩<多少>|呢][？||。]
    [把|将]{n}[减少|降低|减去|下调|调低|打折降][{p}%|百分之{p}][是<多少>|等于<多少>|变成多少|得<多少>|][？||。]
    [价格|工资|房租|数量|原价|售价]{n}[元|]?[，|]?[降了|降低了|减少了|下降了|打折|便宜了|下调][{p}%|百分之{p}]，?[现在是<多少>|现价是<多少>|新价格是多少|变成<多少>]？
    <算>{n}[减少|下降|降低|减][{p}%|百分之{p}][后是多少|的结果|等于多少||之后是多少]？""",
)
more(
    U.CONVERT,
    """[convert|change|turn|transform|translate|switch|recalculate|make|put|write|show|give] {n} {from} [to|into|in|as] {to}[.||?| please| for me|, please]
    <can>[convert|change|turn|express|write|give me] {n} {from} [to|into|in|as] {to}[?| for me?| please?]
    [how many|how much|what number of] {to} [are|is|do|does|would be|go into|fit in|equal|would] [there in |in |]{n} {from}[ equal| give| have| contain| correspond to|][?|]
    <whatis> {n} {from} [in|expressed in|converted to|as|measured in|when given in|in terms of] {to}[?||.]
    <tell> [how many|how much] {to} [{n} {from} is|{n} {from} are|{n} {from} makes|are in {n} {from}|there are in {n} {from}][?||.]
    {n} {from} [is|are|makes|=|equals|corresponds to|would be|comes to|gives|in] [how many|how much|what in] {to}[?|]
    [I have|there are|it is|it takes|it measures|we have] {n} {from}[, how many {to} is that|. In {to}, please|. What is that in {to}|, and in {to}]?
    {n} {from} [->|→|=>|to|in|into|as|=] {to}[?|| please| conversion|:]
    [I need|I want|I'd like] {n} {from} [in|as|converted to] {to}[.||, please]
    [{to} in {n} {from}|number of {to} in {n} {from}|{n} {from}, how many {to}]?""",
    """{n}{from}[<到底>等于|<到底>是|合|相当于|折合|换算成|转换成|转成|变成|化成|折算成|约等于|换成|有|就是][<多少>|几]{to}[？||呢？|啊？|。]
    [把|将|请把|请将|帮我把|麻烦把|帮忙把]{n}{from}[换算成|转换成|换成|转成|化成|改成|变成|换算为|转为|化为|折算成|表示成|用][{to}][|表示|是多少|等于多少|，谢谢][。||？]
    {n}{from}[用|以|按]{to}[表示|来表示|计算|做单位|算][是<多少>|等于<多少>|有<多少>|][？|]
    <问>{n}{from}[等于<多少>|是<多少>|有<多少>|合<多少>|换算成<多少>]{to}[？|]
    <算>{n}{from}[等于多少|是多少|合多少|有几|换算成多少]{to}[？|]
    {n}{from}[转|换|化|->|→|变|到]{to}[？||，谢谢]
    [多少|几]{to}[是|相当于|才是|才等于|就是]{n}{from}？
    {n}{from}里[面|]?有[多少|几][个|]?{to}？
    [单位换算|换算|单位转换]：{n}{from}[=|等于|到|转]?[？|]?{to}""",
)
more(
    U.TEMPERATURE,
    """[convert|change|turn|express|put|write|show|give] {n}{from} [to|into|in|as] {to}[.||?| please| for me]
    <whatis> {n}{from} [in|expressed in|converted to|as] {to}[?||.]
    <tell> [how much|what] {n}{from} is in {to}[?||.]
    {n}{from} [equals|=|makes|corresponds to|in|to|as|->] [how many|how much|] {to}[?|]
    [it is|the water is|the oven is at|we have] {n}{from}[, what is that in {to}|. And in {to}|, how much is it in {to}]?
    <can>convert {n}{from} to {to}?
    [how many|how much] {to} [is|are] {n}{from}?""",
    """{n}{from}[<到底>等于|<到底>是|合|相当于|折合|换算成|转换成|转成|换成|就是][<多少>|几]{to}[？||呢？|。]
    [把|将|请把|帮我把|麻烦把]{n}{from}[转换成|换成|转成|化成|换算为|转为|变成]{to}[|是多少|等于多少][。||？]
    {n}{from}[用|以|按]{to}[表示|来算|表达]是<多少>？
    <问>{n}{from}[等于<多少>|是<多少>|合<多少>]{to}[？|]
    [今天|外面|水温|气温|烤箱][是|有|]{n}{from}，[也就是|换成{to}，也就是|相当于]<多少>{to}？""",
)
more(
    D.WEEKDAY,
    """[what|which] [day|weekday|day of the week] [is|was|will be|falls on|would be|do we have on|was it on|is it on|does it say for] {d}[?||.]
    <tell> [what|which] [day of the week|weekday] {d} [is|was|will be|falls on|would be][?||.]
    [find|calculate|compute|work out|determine|figure out|give me|name|state|say|show|look up|check] the [weekday|day of the week|day] [of|for|on] {d}[.||?| please]
    [on|for] [which|what] [day|day of the week|weekday] [is|was|will|did|does] {d} [be|fall|come|land|]?
    {d}[: |, | - |? ][what day|which day of the week|weekday|day of the week|what weekday was that|what day is that|Monday or Tuesday or what][?|]
    [I was born|we met|the party is|my exam is|we married|the meeting is|it happened] on {d}[, what day of the week is that|. Which weekday is it|. What weekday was it]?
    [was|is] {d} [on |][a weekday or a weekend|a Monday|a Sunday|a Friday|a working day][? Which day is it|, or which day|? What day exactly]?
    <can>[tell me|find|work out|calculate] [the weekday|the day of the week|what day of the week] [of|for|was|is] {d}?
    {d} [falls|fell|will fall|lands] on [what|which] [day|weekday]?""",
    """{d}[那天|这天|这一天|当天|那一天||]<到底>[是|为|会是][星期几|周几|礼拜几|星期几呢|周几啊|星期几呀|哪一天|星期几来着][？||。]
    <问>{d}[那天|这天||][是|][星期几|周几|礼拜几|星期多少][？|。|]
    [查|查查|查一下|算|算算|推算一下|计算|看看|求]{d}[那天|这天||][是|][星期几|周几|礼拜几|星期几|的星期][？||。]
    [我生于|我们结婚是|会议在|考试是|生日是|他出生于]{d}，[那天|]?[是|][星期几|周几|礼拜几]？
    {d}[，|：]?[星期几|周几|礼拜几|星期？|周几呢|是礼拜几啊]？
    {d}[是|]?[在|落在|赶上][星期几|周几|礼拜几|一周的哪一天]？
    [哪个星期|星期几|周几][是|才是]?{d}？""",
)
more(
    D.LATER,
    """[what|which] [date|day] [is|will be|comes|falls|is it|do we get|do I get|would it be] {n} days [after|from|past|following|later than|on from] {d}[?||.]
    [add|count|go|move|jump|wait] {n} days [to|from|after|forward from|on to|ahead of|on from] {d}[.||?|: which date|, what date is that?|, what is the date?]
    {d}[: |, | ][plus|and|then|+|add|and then|later by] {n} days[?||, what date|, which date is that|: date|=]
    [if|when] [today is|it is|we start on|I start on|it begins on] {d}, [what date is it|which date is it|what will the date be] [in|after] {n} days[?|]
    <tell> [the date|which date is|what date is|what day comes] {n} days [after|from] {d}[.||?]
    [in|after] {n} days [from|starting|counting from|after] {d}[, what is the date|, it is which date|: date]?
    [something due|a deadline|a package|a ticket] {n} days after {d} [is|falls|lands] on [what|which] date?
    [{n} days later than|{n} days after|{n} days past] {d}[?| is?| is when?| is which day?]
    <can>[tell me|calculate|work out|find] the date {n} days after {d}?""",
    """{d}[的|]?[{n}天后|{n}天之后|{n}天以后|过{n}天|再过{n}天|加上{n}天|往后{n}天|后的第{n}天|往后数{n}天|加{n}天|向后推{n}天][<到底>是|是|会是|为|等于][几号|几月几号|几月几日|哪天|哪一天|什么日期|什么时候|哪一日|多少号][呢||啊][？||。]
    [从|自]{d}[起|开始|算起|往后|][，|]?[过|再过|数|推|加|经过|往后推]{n}天[后|以后|之后|][，|]?[是|到了|就是][几号|几月几号|哪天|哪一天|什么日期|几月几日][？|]
    <算>{d}[后|过|加|之后|往后]{n}天[是哪天|是几号|的日期|是什么日期|是几月几日][？|。|]
    <问>{d}[后|过|加|之后|再过]{n}天[是哪天|是几号|是什么日期|是几月几日][？|]
    [如果|假如|要是]今天是{d}，[{n}天后|过{n}天|再过{n}天|{n}天以后]是[几号|哪天|几月几日|什么日期]？
    [在|]{d}[的基础上|上]?[加|加上|增加]{n}天[，|]?[得到什么日期|是几号|是哪天|是哪一天]？""",
)
more(
    D.BETWEEN,
    """[how many|what number of] days [are|is it|lie|pass|go by|do we have|separate|elapse|there are] [between|from|in between|starting] {d} [and|to|until|till|through to|up to] {e}[?||.]
    [count|calculate|compute|work out|find|give me|determine|tell me|figure out] [the days|the number of days|how many days|the number of days it is] [between|from] {d} [and|to|until] {e}[.||?| please]
    <tell> how many days [it is|there are|lie|pass] [between|from] {d} [and|to|until] {e}[?||.]
    [from|starting on|beginning with] {d} [to|until|till|up to] {e}[, how many days|: how many days is that|, days|, how many days does it take]?
    how [long|far|many days] is [it |]{e} [from|after|away from] {d}[ in days|][?|]
    [the trip|the project|the holiday|it|the course] [starts|begins|lasts] [on|from] {d} [and ends on|to|until] {e}[. How many days is that|, how many days|. Days]?
    [days|number of days|distance in days] [between|from] {d} [and|to|until|-] {e}[?||:]
    {d} [-|to|till|until|→] {e}[: days|, how many days|, number of days|?]
    what is the [difference|distance|gap|time] in days between {d} and {e}?""",
    """[从|由|自]{d}[到|至|起到|开始到|一直到]{e}[<到底>|一共|总共|共|中间|间隔|相差|相隔|隔了|经过|过了|][有|是|要|]?[多少|几]天[呢||啊|时间][？||。]
    {d}[和|与|跟|到|至|同]{e}[之间|间|中间|][<到底>|][差|相差|隔|相隔|间隔|有|差了|隔着|相距|距离]?[多少|几]天[？|呢？||]
    {d}[离|距|距离|到]{e}[还有|有|是|][多少|几]天[？|]
    <算>[从|]{d}到{e}[有多少天|的天数|是几天|隔几天|相差多少天|中间多少天][？|。|]
    <问>[从|]{d}到{e}[有多少天|是几天|隔几天|相差多少天|要多少天][？|]
    [假期|项目|旅行|课程|活动]从{d}[开始|]?[到|至]{e}[结束|]?，[一共多少天|有几天|持续多少天|多少天]？""",
)
more(
    T.LETTER,
    """[how many|what number of] [{c}'s|{c}s|letters {c}|"{c}"s|{c} letters|times {c}|instances of {c}|occurrences of {c}|letter {c}] [are|are there|do you see|can you find|do we have|occur|show up|do you count|] [in|inside|within] [the word |the term |]["{w}"|{w}|'{w}'][?||.]
    [count|tally|find|give me|number|check|tell me] [the number of|how many times|all the|the|how often there is|every] ["{c}"|{c}|letter {c}|letter "{c}"|{c}'s] [in|of|inside] [the word |]["{w}"|{w}|'{w}'][.||?| please]
    how [often|many times|frequently] [does|do|is|will|can] [the letter |the character |] ["{c}"|{c}|'{c}'] [appear|occur|come up|show up|exist|come|stand|get used|used|present] in [the word |]["{w}"|{w}|'{w}'][?|]
    <tell> [how many|the number of] [{c}'s|{c}s|letters {c}|"{c}"s] [are in|there are in|in|the word has in|you find in] ["{w}"|{w}|'{w}'][?||.]
    ["{w}"|{w}|the word {w}][: |, | ][how many|count the|number of] [{c}|{c}'s|letters {c}|times {c}][?|]
    [does|how often does] ["{w}"|{w}|the word {w}] [contain|have|include|use] [the letter |how many |] ["{c}"|{c}][s? How many|? How often|, and how many times|, how many]?
    [look at|take|spell|consider] [the word |]["{w}"|{w}][.|:|,] [How many {c}'s are there|Count the {c}|How often do you see {c}|number of {c}][?|]""",
    """[“{w}”|{w}|单词{w}|英文单词{w}|{w}这个单词|{w}这个词|“{w}”这个单词|英语单词“{w}”][里|中|里面|当中|里头|内|]<到底>[有|含有|包含|出现了|出现|一共有|总共有|用了][多少|几][个|次|处][“{c}”|{c}|字母{c}|字母“{c}”|{c}字母|][呢||啊][？||。]
    [字母{c}|{c}|“{c}”|字母“{c}”|{c}这个字母]在[“{w}”|{w}|单词{w}|{w}这个词|“{w}”这个单词][里|中|里面|当中|][出现|用|有|出现过|用到]了?[多少|几][次|个|回][？|呢？|]
    [数|数数|数一数|数一下|统计|统计一下|算算|看看|查一下|计算][“{w}”|{w}|单词{w}][里|中|里面|][有|]?[几个|多少个|][字母|]{c}[的个数|的次数|出现几次|有几个|]?[？|。|]
    <问>[“{w}”|{w}|单词{w}][里|中|里面][有|出现][几个|多少个|几次][字母|]?{c}[？|]
    [“{w}”|{w}][，|：|有][几个|多少个|数一下|有多少][字母|]{c}[？|]""",
)
more(
    T.LENGTH,
    """[how many|what number of] [letters|characters] [are|are there|do you see|make up|build|form|spell|does it take to write|do you need for|belong to|does one find] [in |][the word |the term |]["{w}"|{w}|'{w}'][?||.]
    [count|number|tally|check|give me|find] [the letters|all letters|the number of letters|how many letters are] [in|of|inside] [the word |]["{w}"|{w}|'{w}'][.||?| please]
    how [long|many letters long] is [the word |]["{w}"|{w}|'{w}'][? In letters|?|]
    <tell> [how many letters|the number of letters|how long] [is |are |]["{w}"|{w}|the word {w}] [has|contains|is|in|consists of|][?||.]
    ["{w}"|{w}|the word {w}][: |, | has | contains | consists of | is ][how many letters|letters|number of letters][?|]
    [the length|word length|letter count|number of letters] [of|for|in] ["{w}"|{w}|the word {w}][?||.|:]""",
    """[“{w}”|{w}|单词{w}|英文单词{w}|{w}这个单词|{w}这个词|“{w}”这个单词]<到底>[有|含有|包含|由|一共有|总共有|是]?[多少|几][个|]?[字母|个英文字母][呢||啊|组成|长][？||。]
    [数|数数|数一数|数一下|统计|统计一下|算算|看看][“{w}”|{w}|单词{w}][有|里有|一共有|中有|][几个|多少个]?字母[的个数|数|]?[？|。|]
    <问>[“{w}”|{w}|单词{w}][有|一共有|里有][几个|多少个]字母[？|]
    [“{w}”|{w}|单词{w}|这个词“{w}”][有多长|长度是多少|多长|的字母数是多少|几个字母|的字母个数][？|]
    [拼写|写|拼出][“{w}”|{w}][要|需要|用]?[几个|多少个]字母？""",
)
more(
    T.WORD_COUNT,
    """[how many|what number of] words [are|are there|do you see|does it have|do you count|stand|can you find] [in|inside] [this|the sentence|this text|the text|the following|the phrase|]: ["{w}"|{w}]
    [count|number|tally|give me|find|tell me] [the words|all words|the number of words|how many words there are] [in|of|here|in this text|in the text|in this phrase|in the following]: ["{w}"|{w}]
    "{w}" [has|contains|consists of|is|holds] how many words[?|]
    <tell> how many words [are in|there are in|you count in|this has:|stand in] ["{w}"|{w}]
    [word count|words|number of words|count words][:| of| for| in] ["{w}"|{w}][?|]
    ["{w}"][. How many words is that| - how many words|: number of words|, how many words are these]?""",
    """[数|数数|数一数|数一下|统计|统计一下|算算|看看][这句话|下面|下面这句|这段文字|句子|这段话]?[里|中|]?[有|]?[几个|多少个][英文|]?[单词|词][：|:] ["{w}"|{w}|“{w}”]
    [“{w}”|"{w}"][这句话|这句|里面|中|里|这段文字|]<到底>[有|含|一共有|总共有|包含|是]?[几|多少]个[英文|英语|]?[单词|词][？|呢？|]
    <问>[“{w}”|"{w}"][有|里有|一共有|中有][几个|多少个][单词|词|英文单词][？|]
    [这句话|句子|下面的句子|这段文字|这段英文]<到底>?[有|一共有|包含|含有][几个|多少个][单词|词|英文词][？|：|？ ] ?["{w}"|{w}|“{w}”]
    [单词数|词数|统计单词|数单词][：|:] ?["{w}"|{w}]""",
)
more(
    T.CHARACTER_COUNT,
    """[how many|what number of] [characters|Chinese characters|Chinese signs|hanzi] [are|are there|do you see|do you count|stand] in [the text |the sentence |]["{w}"|{w}|“{w}”][?|]
    [count|number|tally|give me|find|tell me] [the |all the |the number of |how many ][characters|Chinese characters|hanzi] [in|of][:|] ["{w}"|{w}|“{w}”]
    ["{w}"|{w}] [has|contains|consists of|is] how many [Chinese |]characters[?|]
    <tell> how many [Chinese |]characters [are in|there are in] ["{w}"|{w}][?|.|]""",
    """[“{w}”|"{w}"|{w}][这句话|这句|里面|中|里|这几个字|这段话|]<到底>[有|是|一共有|总共有|共有|包含|含]?[几|多少]个[汉字|字|中文字|文字][？|呢？||啊]
    [数|数数|数一数|数一下|统计|统计一下|算算|看看][这句话|下面这句|这些字|这段文字|]?[里|]?[有|]?[几个|多少个][汉字|字|文字][：|:][“{w}”|{w}]
    <问>[“{w}”|"{w}"][有|一共有|里有|共][几个|多少个][字|汉字][？|]
    [字数|汉字数|统计字数|数字数][：|:]?[“{w}”|{w}]
    [“{w}”|{w}][多少字|几个字|的字数是多少|有多少字|几个汉字][？|]""",
)
more(
    T.SORT_UP,
    """[sort|order|arrange|rank|organize|line up|put in order|put] [these|the|this list of|the following|my|those|all these] [numbers|values|figures|integers] [from small to big|from low to high|ascending|in ascending order|from smallest to biggest|from least to greatest|in increasing order|from the smallest up|upwards|low to high|smallest first|]: {l}
    [sort|order|arrange|rank|put|list|bring|write] {l} [from small to big|from low to high|in ascending order|ascending|from smallest to biggest|from least to greatest|from lowest to highest|starting with the smallest|upwards|with the smallest first|into ascending order|from the smallest to the largest][.||?| please]
    <can>[sort|order|arrange|rank|put] {l} [in ascending order|from small to large|ascending|from low to high|from the smallest to the largest][?| for me?| please?]
    [what is|give me|show me|I need|I want|write|tell me] [the ascending order of|the sorted list of|the sorted order of|the order from small to large of] {l}[?||.]
    [ascending|sort ascending|sort|sorted|order|increasing|small to large|smallest first][:| ->|,] {l}
    {l}[: |, | - |. ][sort them|sort these|in ascending order please|from small to large|smallest first|sort ascending|put them in order|order them]""",
    """[把|将|请把|请将|帮我把|麻烦把|帮忙将][这些数|下列数|这几个数|以下数字|这组数|数字|]?[：|]?{l}[按|按照|][从小到大|由小到大|升序|从低到高|小的在前|递增][|的顺序|地|顺序][排列|排序|排一排|排一下|排好|排列一下|整理|重新排列|排个序][。||，谢谢|一下]
    [从小到大|由小到大|按升序|升序|按从小到大|从低到高|从最小到最大][排列|排序|排|排一下|整理|写出|列出][下面的数|这些数|这几个数字|下列各数|][：|:]?{l}
    {l}[，|：| ][从小到大排|按升序排列|从小到大排序|由小到大怎么排|升序是什么|从小到大怎么排列|排个序][？||。]
    [给|替|帮][{l}][|这些数|这几个数][从小到大||升序][排序|排个序|排一下|排排队][。||吧]
    [排序|升序排列|整理顺序|排列|从小到大][：|:] ?{l}""",
)
more(
    T.SORT_DOWN,
    """[sort|order|arrange|rank|organize|line up|put] [these|the|this list of|the following|my|those] [numbers|values|figures] [from big to small|from high to low|descending|in descending order|from biggest to smallest|from greatest to least|in decreasing order|from the largest down|downwards|high to low|largest first]: {l}
    [sort|order|arrange|rank|put|list|bring|write] {l} [from big to small|from high to low|in descending order|descending|from biggest to smallest|from greatest to least|from highest to lowest|starting with the largest|downwards|with the largest first|into descending order|from the largest to the smallest|in reverse order][.||?| please]
    <can>[sort|order|arrange|rank|put] {l} [in descending order|from large to small|descending|from high to low][?| for me?| please?]
    [what is|give me|show me|I need|I want|write|tell me] [the descending order of|the order from large to small of] {l}[?||.]
    [descending|sort descending|decreasing|large to small|largest first][:| ->|,] {l}
    {l}[: |, | - |. ][sort them from large to small|in descending order please|from large to small|largest first|sort descending|biggest first]""",
    """[把|将|请把|请将|帮我把|麻烦把|帮忙将][这些数|下列数|这几个数|以下数字|这组数|]?[：|]?{l}[按|按照|][从大到小|由大到小|降序|从高到低|大的在前|递减][|的顺序|地|顺序][排列|排序|排一排|排一下|排好|排列一下|整理|排个序][。||，谢谢|一下]
    [从大到小|由大到小|按降序|降序|按从大到小|从高到低|从最大到最小][排列|排序|排|排一下|整理|写出|列出][下面的数|这些数|这几个数字|下列各数|][：|:]?{l}
    {l}[，|：| ][从大到小排|按降序排列|从大到小排序|由大到小怎么排|降序是什么|从大到小怎么排列][？||。]
    [给|替|帮][{l}][|这些数|这几个数][从大到小|降序][排序|排个序|排一下][。||吧]
    [降序排列|从大到小|降序][：|:] ?{l}""",
)
more(
    T.SORT_WORDS,
    """[sort|order|arrange|organize|put|list|alphabetize] [these|the|the following|my|this list of] [words|terms|items] [alphabetically|in alphabetical order|from A to Z|by the alphabet|in dictionary order|a to z|by letters]: {l}
    [sort|order|arrange|list|put|alphabetize|bring] {l} [in alphabetical order|from A to Z|alphabetically|by the alphabet|in dictionary order|as in a dictionary|by first letter|into alphabetical order][.||?| please]
    <can>[sort|order|arrange|put] {l} [alphabetically|in alphabetical order|from A to Z][?| for me?| please?]
    [what is|give me|show me|tell me] [the alphabetical order of|the alphabetical list of] {l}[?||.]
    [alphabetical order|alphabetically|A-Z|a to z|alphabetize|sort words][:| ->|,] {l}
    {l}[: |, | - |. ][sort alphabetically|in alphabetical order please|from A to Z|alphabetically]""",
    """[把|将|请把|请将|帮我把|麻烦把][这些单词|下列单词|这几个词|以下单词|这组单词|]?[：|]?{l}[按|按照|依照|根据][字母|字母表|英文字母|A到Z|首字母|字典][的|]?[顺序|次序|先后|][排列|排序|排一排|排一下|排好|整理|排个序][。||，谢谢|一下]
    [按字母|按照字母表|按首字母|按字典顺序|按字母先后|字母顺序][顺序|][排列|排序|排|整理|列出][这些词|下面的单词|下列单词|][：|:]?{l}
    {l}[，|：| ][按字母顺序排|按字母表排列|按字母排序|按字母顺序怎么排][？||。]
    [给|替|帮][{l}][|这些单词|这几个词]按字母[顺序|][排序|排个序|排一下][。||吧]""",
)

more(
    G.COUNTRY_ASK["capital"],
    """<whatis> [the name of |]the capital[ city||] [of|in|for] {x}[?||. called?| called?| again?| named?]
    [which|what] [city|town|place|one] [is|serves as|acts as|functions as|is known as|works as] [the capital|the capital city|capital] [of|in|for] {x}[?|]
    <tell> [the capital|the capital city|what the capital|the name of the capital] [of {x}|of {x} is|city of {x} is|city of {x}][?||.]
    <give> [the capital|the capital city|capital city|the name of the capital] [of|for] {x}[.||?|!| please]
    [how is|how do you call|what do you call|what do they call|how do people call|what name has] the capital[ city|] of {x}[ called|][?|]
    [{x}|{x}'s][: |, | - | ][capital|capital city|what is the capital|name the capital|the capital please|which city is the capital|main city, I mean the capital][?|.|]
    {x} has [what|which] [capital|city as its capital|city as capital|capital city][?|]
    [what|which city] [is|does] {x}[ have as its capital| use as its capital|'s capital| call its capital|'s capital city called| name as its capital][?|]
    [where|in which city] is [the capital|the capital city] of {x}[ located|][?|]
    [capital|capital city|the capital][:| of| for| ->| -] {x}[?||.]
    [where|in which city|in what city] [does|do|is] [the government of {x} sit|the government of {x} located|{x}'s government located|{x} have its capital|{x} have its seat of government|the rulers of {x} sit][?|]
    [which|what] city [rules|governs|leads|heads] {x}[ as the capital| as capital|, being its capital][?|]
    [from which|from what] city is {x} [ruled|run|led|administered][?|]
    [I am|I'm|we are] [travelling|going|flying|moving] to {x}[. What is its capital|, which city is the capital|: what's the capital]?
    {x}, [what is its capital|its capital is|what's the capital there|capital city]?
    [the capital|capital] of {x} [is|is called|would be|goes by the name] [what|which city|...|which]?""",
    """{x}[这个国家|国|]?的首都<到底>[是|在|叫|位于|设在|叫做|名字是|名称是][哪里|哪儿|哪|什么|啥|哪座城市|哪个城市|什么城市|哪个地方|什么名字|哪个市|什么地方|哪座城][呢||啊|呀|来着][？||。]
    <问>{x}的首都[是哪里|是什么|在哪里|叫什么|是哪个城市|在哪儿|是哪座城市|是哪|叫啥][？||。|吗]
    {x}[首都|的首都|的首府|国都|的都城|首都城市][是|在|叫|为|][？|哪|哪里|什么|啥|呢|是啥|哪个城市|在哪|何处|是何地][？||。]
    [哪个|哪座|哪一座|什么][城市|城|地方|市]是{x}的[首都|都城|国都|首都城市][？|呢|]
    {x}[把|将|以][哪里|哪个城市|哪座城市|什么地方|哪儿][作为|定为|当作|设为|为|当][首都|都城|国都][？|]
    {x}[定都|建都|首都设|的首都设|的政府][在|于|设在][哪里|哪儿|哪个城市|哪座城市|什么地方][？|呢]
    [说出|说|写出|写|给出|列出|报出|讲出|查询|查]{x}的[首都|都城|首都名字|首都名称][。||吧|是哪]
    [首都|首都查询|国家首都][：|:]{x}
    {x}[，|：][首都|首都是|首都是哪里|首都呢|首都叫什么|首都在哪][？|]
    [我要去|我想去|要去|去]{x}[旅游|旅行|出差|]?，[它的首都|首都]是[哪里|什么|哪个城市|哪儿]？""",
)
more(
    G.COUNTRY_ASK["continent"],
    """[which|what] [continent|part of the world|continent of the world] [is|does|has|contains|includes] {x}[ in| on| lie on| belong to| located on| located in| situated in| sit on| part of| a part of| found on][?|]
    [on|in|to] [which|what] continent [is|does|lies|can you find|would you find|do you find|would I find] {x}[ lie| located| belong| sit| situated| to be found|][?|]
    <tell> [the continent of {x}|which continent {x} is in|what continent {x} is on|on which continent {x} lies|{x}'s continent][?||.]
    <give> the continent [of|for|where you find] {x}[.||?]
    {x} [is on|belongs to|is part of|lies in|sits on|is located in|is found in|is situated on] [which|what] continent[?|]
    [is {x} in|does {x} belong to] [Africa, Asia or Europe|Europe or Asia|Africa or Asia|America or Europe|which continent]?
    [where|where exactly|whereabouts] [is|lies|can I find] {x}[ located| on the globe| on the map| situated| geographically|, which continent|][?|]
    [continent|the continent][:| of| ->] {x}[?||.]
    {x}[: |, ][continent|which continent|what continent|on which continent][?|]
    [the continent of|the continent where you find] {x} is [what|which|?]""",
    """{x}[这个国家||]<到底>[在|位于|属于|处于|坐落在|座落于|地处|是][哪个|哪一个|什么|哪][洲|大洲|大陆|个大洲][的国家||呢|啊][？||。]
    <问>{x}[在|位于|属于|是][哪个|哪一个|什么|哪]洲[的||][？||。|吗]
    {x}[所在的|所属的|在的|的][洲|大洲|大陆][是|叫|]?[哪个|什么|哪一个|啥|呢][？|]
    [哪个|哪一个|什么]洲[有|包括|包含]{x}[？|这个国家？|]
    {x}[是|算|属于|在][亚洲|欧洲|非洲|美洲][还是|或者][欧洲|非洲|亚洲|大洋洲|别的洲][的国家|]？
    {x}[，|：][哪个洲|什么洲|属于哪洲|大洲|在哪个大洲|哪个大洲的][？|]
    [大洲|所在大洲|洲][：|:]{x}""",
)
more(
    G.COUNTRY_ASK["currency"],
    """[which|what] [currency|money|kind of money|sort of money|legal tender|coins and notes|banknotes|coins] [is|does|do|are|has|will I need] [used in|people use in|they use in|valid in|accepted in|the official one of|spent in|common in|official in|people spend in|in use in|circulating in] {x}[?|]
    [which|what] [currency|money] [does|do|would] {x} [have|use|print|issue|spend|pay with|run on][?|]
    <tell> [the currency|the money|what currency|the name of the currency] [of {x}|of {x} is|used in {x}|in {x}|people use in {x}][?||.]
    <give> [the currency|the money|the name of the money|the official currency] [of|in|used in|for] {x}[.||?]
    <whatis> [the |][money|official currency|national currency|legal tender|currency|unit of money] [of|in|for|used in|called in|they use in] {x}[ called|][?|]
    [how|with what|with which money|with which currency|in what currency|in which currency] [do|can|would|should|could|does] [I|you|people|one|we|they|locals|tourists|everybody] [pay|shop|buy things|buy food|spend|settle a bill] in {x}[?|]
    [I am|I'm|we are] [travelling|going|flying] to {x}[. What money do I need|, which currency do I need|: what currency is used there|. Which money should I take]?
    {x}[: |, |'s ][currency|money|what currency|which currency|which money|currency used][?|]
    [currency|money|the currency][:| of| in| used in] {x}[?||.]
    in {x}[, | ][which currency is used|what do people pay with|the currency is|you pay with what|what currency do they use|what is the money called|people pay with which currency|what's the currency][?|]
    {x} [uses|has|pays with|pays in] [which|what] [currency|money][?|]
    what [do|can|will|would] [I|you|people|they|locals] [pay with|use as money|spend|use to pay] in {x}[?|]""",
    """{x}[这个国家|人|国内|那边||当地]?<到底>[用|使用|花|流通|通用|采用|使][的是|]?[什么|哪种|哪个|啥|何种|哪一种][货币|钱|钞票|币|币种|钱币][呢||啊|呀|付款|结账|买东西|支付|][？||。]
    {x}的[货币|钱|法定货币|官方货币|通用货币|币种|钱币|货币单位|流通货币]<到底>[是|叫|为|叫做|名称是|名字是][什么|啥|哪种|什么名字|哪个|何][呢||啊|来着][？||。]
    <问>{x}[的货币是什么|用什么货币|用什么钱|的钱叫什么|使用哪种货币|花什么钱|的法定货币是什么][？||。|吗]
    [在|去|到]{x}[旅游|买东西|购物|旅行|付款|吃饭|消费|]?[要|得|该|应该|可以|需要]?[用|花|带|付|换|准备][什么|哪种|啥|哪国][钱|货币|钞票|币][？|呢|]
    {x}[，|：][货币|什么货币|用什么钱|货币是|货币叫啥|钱叫什么][？|]
    [货币|国家货币|币种][：|:]{x}
    {x}人[付钱|花钱|买东西|结账|付款|平时]用[什么|哪种|啥][钱|货币|币]？
    [什么|哪种]货币[在{x}使用|是{x}的|在{x}流通|在{x}能用][？|]""",
)
more(
    G.COUNTRY_ASK["languages"],
    """[which|what] [language|languages|tongue|official language|official languages|tongues] [is|are|do|does|will I hear|can you hear] [spoken in|used in|people speak in|official in|they speak in|the official one of|common in|heard in|people use in|understood in|talked in|the people of] {x}[ speak|][?|]
    [which|what] [language|languages|official language] [does|do|has] {x} [have|use|speak][?|]
    <tell> [the language|the languages|what language|the official language|what they speak] [of {x}|spoken in {x}|in {x}|people speak in {x}|of {x} is][?||.]
    <give> [the language|the languages|the official language|the official languages] [of|in|spoken in|for] {x}[.||?]
    <whatis> [the |][official language|language|national language|spoken language|main language|mother tongue] [of|in|for|spoken in|used in] {x}[?|]
    [how|what] do [people|the people|locals|inhabitants|they|citizens] [talk|speak|say things] in {x}[?|, which language?]
    [I am|I'm|we are] [travelling|going|flying|moving] to {x}[. Which language do they speak|, what language should I learn|: what is spoken there]?
    {x}[: |, |'s ][language|languages|which language|what language|official language|spoken language][?|]
    [language|languages|the language][:| of| in| spoken in] {x}[?||.]
    in {x}[, | ][which language is spoken|what do people speak|people speak what|what is the language|one speaks which language][?|]
    [the people of|people in|folks in|those living in] {x} speak [what|which language|which languages][?|]""",
    """{x}[这个国家|人|国内|那边||当地人|的人|人民|的居民]?<到底>[说|讲|用|使用|通行|通用|会说|平时说|都说][的是|]?[什么|哪种|哪些|啥|哪国|何种|哪一种][语言|话|语|官方语言][呢||啊|呀|交流|][？||。]
    {x}的[语言|官方语言|通用语言|国语|母语|主要语言|官方语|通用语]<到底>[是|有|为|包括|叫][什么|啥|哪种|哪些|哪个|什么语][呢||啊|来着][？||。]
    <问>{x}[的语言是什么|说什么语言|讲什么话|的官方语言是什么|使用哪种语言|用什么语言|说啥语言][？||。|吗]
    [在|去|到]{x}[旅游|旅行|生活|]?[要|得|该|应该|可以|需要]?[说|讲|用|学|会][什么|哪种|啥|哪国][语言|话|语][？|呢|]
    {x}[，|：][语言|什么语言|说什么话|官方语言|讲什么语言|语言是][？|]
    [语言|官方语言|国家语言][：|:]{x}
    [什么|哪种]语言[在{x}使用|是{x}的官方语言|在{x}通用][？|]""",
)
more(
    G.COUNTRY_ASK["country"],
    """[which|what] [country|nation|state|land] [has|is governed from|has as its capital|calls its capital|has the capital city|has the capital called|uses as capital|is ruled from] {x}[ as its capital| as capital||][?|]
    {x} [is|serves as|works as|is known as|acts as] the capital[ city|] of [which|what] [country|nation|state|land][?|]
    [of|for|in] [which|what] [country|nation|state] is {x} the capital[ city|][?|]
    <tell> [which country|what country|the country whose capital|the country that has] {x} [is the capital of|is|as its capital|is the capital city of][?||.]
    <give> the country [whose capital is|with the capital|that has the capital|that {x} is the capital of, I mean] {x}[.||?]
    [whose|which country's|what country's|which nation's] [capital|capital city] is {x}[?|]
    [to which|in which|in what] country [does|is] [the capital |the capital city |]{x} [belong|located|found|the capital|the capital city][?|]
    [if I am in|I'm in|someone lives in|we land in] {x}[, the capital of which country is that|, which country's capital is it|. It is the capital of what country]?
    [the city |the capital |]{x}[: |, ][capital of what|capital of which country|which country|the capital of][?|]
    the capital {x} [belongs to|is in|is that of] [which|what] country[?|]
    [name|say|tell me] the country [whose|with|that has] capital [is |]{x}[.||?]""",
    """{x}<到底>[是|为|属于|算是][哪个|哪|哪一个|什么|哪一][国家|国|个国家]的[首都|首府|都城|国都|首都城市][呢||啊|呀|来着][？||。]
    <问>{x}是[哪个国家|哪国|什么国家|哪一个国家]的[首都|都城][？||。|吗]
    [哪个|哪一个|什么|哪][国家|国|个国家][的首都是|把首都定在|的首都叫|的都城是|定都在|定都|的首都叫做|的首都设在]{x}[？|呢|]
    [首都|都城|国都][是|为|叫|在|叫做]{x}的[是哪个国家|国家是哪个|国家叫什么|是什么国家|国家是|是哪国][？|]
    {x}[，|：][哪国首都|哪个国家的首都|是谁的首都|什么国家的首都][？|]
    {x}[这个首都|这座首都|这座城市|这个城市]?[是|属于][哪个国家|哪国|什么国家][的首都|的]？""",
)
more(
    G.ELEMENT_ASK["symbol"],
    """<whatis> the [chemical |element |atomic |periodic table |][symbol|abbreviation|sign|short form|letter code] [of|for|used for] [the element |]{x}[?||.]
    [how|with which letters|with what symbol] [do you|does one|do chemists|would you|is the element] [write|abbreviate|symbolize|denote|represent|shorten] {x}[ in chemistry| in the periodic table| as a symbol|][?|]
    <tell> [the symbol|the chemical symbol|what symbol|the abbreviation] [of|for] {x}[?||.]
    <give> the [chemical |element |][symbol|abbreviation|sign] [of|for] [the element |]{x}[.||?]
    [which|what] [chemical |][symbol|letters|abbreviation|sign] [is used for|stands for|represents|denotes|does chemistry use for|belongs to|stand for] [the element |]{x}[?|]
    {x}[: |, |'s ][symbol|chemical symbol|what symbol|abbreviation|which symbol|element symbol|what is its symbol][?|]
    [symbol|chemical symbol|element symbol|abbreviation][:| of| for] {x}[?||.]
    [the element |]{x} has [what|which] [symbol|chemical symbol|abbreviation][?|]
    [in the periodic table|in chemistry|on the periodic table], [what is the symbol of|how is|which symbol has] {x}[ written| shown|][?|]""",
    """{x}[这个元素|元素|这种元素||]的[化学|元素|][符号|元素符号|化学符号|代号|缩写|字母符号]<到底>[是|为|写作|怎么写|用什么表示|是哪个|叫][什么|啥|][呢||啊|来着][？||。]
    <问>{x}的[元素符号|化学符号|符号|缩写][是什么|怎么写|是哪个|是啥][？||。]
    {x}[元素|]?[用|使用|以|拿][什么|哪个|哪些|啥][符号|字母|化学符号][表示|代表|来表示|写|来写][？|]
    [写|写出|说出|给出|查|查一下|列出]{x}的[元素符号|化学符号|符号][。||吧|是什么]
    {x}[，|：][符号|元素符号|化学符号|符号是|符号是什么][？|]
    [什么|哪个][符号|化学符号|元素符号][表示|代表|是]{x}[？|]
    [元素符号|化学符号|符号][：|:]{x}
    {x}[在化学里|在周期表里|在元素周期表中|在化学中][怎么写|的符号是什么|写成什么|用什么符号][？|]""",
)
more(
    G.ELEMENT_ASK["name"],
    """[which|what] [chemical |][element|substance|atom] [has|is|uses|carries|is meant by|goes by|is written as|is abbreviated as|stands behind|is represented by|is denoted by] [the symbol |the chemical symbol |the abbreviation |]{x}[?|]
    [what|which element] does [the symbol |the abbreviation |the chemical symbol |]{x} [mean|stand for|represent|denote|refer to] [in chemistry|in the periodic table|as an element][?|]
    <tell> [which element|what element|the element that] {x} [is|stands for|represents|means][?||.]
    <give> the [name of the |]element [with|whose symbol is|that has] [the symbol |]{x}[.||?]
    the [symbol|chemical symbol|element symbol] {x} [is|means|stands for|denotes|refers to|represents] [which|what] [chemical |]element[?|]
    {x}[: |, ][which element|what element|the element|element name|which chemical element is that][?|]
    [element|chemical element][:| with symbol| for| called| symbol] {x}[?||.]
    [in chemistry|in the periodic table|on the periodic table], [what|which element] is {x}[?|]""",
    """[化学|元素|][符号|元素符号|化学符号]{x}<到底>[是|表示|代表|指|对应|指的是][什么|哪个|哪种|啥|哪一个]元素[呢||啊][？||。]
    {x}[这个符号|符号|这个元素符号|]?<到底>[是|表示|代表|指|对应|指的是][什么|哪个|哪种|啥|哪一个][元素|化学元素][呢||啊][？||。]
    <问>[符号|元素符号|化学符号|]{x}[是|代表|表示]?[什么元素|哪种元素|哪个元素|啥元素][？|]
    [哪个|哪种|什么][元素|化学元素]的[符号|元素符号|化学符号][是|为|写作]{x}[？|]
    {x}[，|：][什么元素|哪个元素|元素名称|是哪种元素][？|]
    [在化学里|在元素周期表中|周期表里|化学中]，?{x}[是|代表|表示][什么|哪个|哪种][元素][？|]
    [写出|说出|给出|查]{x}[这个符号|]?[代表的元素|对应的元素|的元素名称][。|]""",
)
more(
    G.ELEMENT_ASK["number"],
    """<whatis> the [atomic number|number in the periodic table|proton number|proton count|element number|place in the periodic table|position in the periodic table|ordinal number] [of|for] [the element |]{x}[?||.]
    [which|what] [atomic number|number|place|position] [has|does|is] [the element |]{x}[ have| in the periodic table| hold| occupy| got|][?|]
    <tell> [the atomic number|the number of protons|the proton number] [of|in|for] {x}[?||.]
    <give> the [atomic number|proton number|number of protons] [of|for|in] [the element |]{x}[.||?]
    [how many|what number of] protons [are in|are there in|has|does an atom of|sit in the nucleus of|are found in] [the nucleus of |an atom of |]{x}[ have|][?|]
    {x}[: |, |'s ][atomic number|number of protons|which number|proton number|what is its atomic number|what number][?|]
    [atomic number|proton number|number of protons][:| of| for| in] {x}[?||.]
    [at which|on which|in what] [place|position|number] [is|stands|does] {x} [in|stand in|appear in] the periodic table[?|]
    [the element |]{x} has [what|which] atomic number[?|]""",
    """{x}[这个元素|元素|这种元素||]的[原子序数|质子数|序号|元素序号|原子序|序数|质子个数]<到底>[是|为|等于]<多少>[？||。]
    <问>{x}的[原子序数|质子数|序数|元素序号][是多少|是几|多少|为多少][？||。]
    {x}[元素|]?[在|排在|位于][元素周期表|周期表|化学周期表]?[里|中|上|的|]?[排|是|第|位列][第几|几号|第几位|第几号|多少号|第几个|几位][元素||][？|呢|]
    {x}[的原子核里|的原子核中|原子|的原子核]?[有|含有|包含]?[几个|多少个][质子|个质子][？|]
    [写出|说出|给出|查|查一下]{x}的[原子序数|质子数|序数][。||是多少]
    {x}[，|：][原子序数|质子数|几号元素|第几号|序数是几][？|]
    [原子序数|质子数][：|:]{x}""",
)
more(
    G.ELEMENT_ASK["at"],
    """[which|what] [chemical |][element|atom|substance] [has|is|carries|stands at|sits at|comes at|holds|is found at|occupies] [the atomic number |atomic number |number |place |position |No. |place number ]{x}[ in the periodic table|][?|]
    [what|which] is [the name of |][element|the element at number|the element numbered|element no.|the element with number|the element with atomic number|the element in position|the element with proton number] {x}[?|]
    <tell> [which element|what element|the element that] [has atomic number|is number|has the number|sits at number] {x}[?||.]
    <give> the element [with [the |]atomic number|at place|number|at position|with proton number] {x}[.||?]
    [which|what] [element|atom] [has|contains|owns|carries] {x} protons[ in its nucleus|][?|]
    [atomic number|element|number|proton number] {x}[: |, | ][which element|what element|is which element|belongs to which element|the element is|is what element][?|]
    [element|element number|atomic number|No.|place][ |: |#]{x}[ in the periodic table|][?||.]
    an atom with {x} protons is [which element|what element|what][?|]""",
    """[原子序数|质子数|序号|元素序号|序数][是|为|等于|]{x}的[元素|化学元素|]<到底>[是|叫][什么|哪个|哪种|啥|什么元素|什么名字][呢||啊][？||。]
    [第|]{x}号[化学|]?元素<到底>[是|叫|为][什么|哪个|哪种|啥|什么名字][呢||啊][？||。]
    <问>[第|]?{x}号元素[是什么|叫什么|是哪个|是哪种元素][？|]
    [元素周期表|周期表|化学周期表][里|中|上|的|]?[第{x}个|第{x}号|第{x}位|排第{x}|排在第{x}位|{x}号]的?[元素|][是|叫][什么|哪个|啥][？|]
    [哪个|哪种|什么]元素[的原子序数是|有|的质子数是|是第|的序号是|排第]{x}[？|]
    [有|含有|带|具有]{x}个质子的[元素|原子]?[是|叫][什么|哪个|哪种|什么元素][？|]
    [元素|原子序数|第][：|:| ]?{x}[号|号是什么|：什么元素|，哪个元素][？|]""",
)
more(
    G.ELEMENT_ASK["weight"],
    """<whatis> the [atomic weight|atomic mass|relative atomic mass|standard atomic weight|relative mass|mass of an atom] [of|for] [the element |]{x}[?||.]
    [which|what] [atomic weight|atomic mass|mass|relative atomic mass|weight] [has|does|is] [the element |an atom of |]{x}[ have|][?|]
    <tell> [the atomic weight|the atomic mass|how much an atom weighs|the relative mass] [of|for] {x}[?||.]
    <give> the [atomic weight|atomic mass|relative atomic mass] [of|for] [the element |]{x}[.||?]
    [how much|what] [does|do] [an atom of |one atom of |a single atom of |]{x} [weigh|weigh in u|weigh in atomic mass units|weigh atomically][?|]
    {x}[: |, |'s ][atomic weight|atomic mass|what mass|relative atomic mass|what is its atomic mass][?|]
    [atomic weight|atomic mass|mass number roughly|relative atomic mass][:| of| for] {x}[?||.]
    [the element |]{x} has [what|which] [atomic weight|atomic mass][?|]
    how [heavy|massive] is [an atom of |the element |a single atom of |one atom of ]{x}[?|]""",
    """{x}[这个元素|元素|这种元素||]的[原子量|相对原子质量|原子质量|相对质量|标准原子量]<到底>[是|为|等于|大约是|约为]<多少>[？||。]
    <问>{x}的[原子量|相对原子质量|原子质量][是多少|是几|多少|约为多少][？||。]
    {x}[元素|]?的?[原子|一个原子|单个原子][有多重|多重|的质量是多少|重多少|的相对质量][？|]
    [写出|说出|给出|查|查一下|告诉我]{x}的[原子量|相对原子质量|原子质量][。||是多少]
    {x}[，|：][原子量|相对原子质量|原子质量|原子量是多少][？|]
    [原子量|相对原子质量|原子质量][：|:]{x}""",
)

WORD = "[\"{x}\"|{x}|'{x}'|the word {x}|the word \"{x}\"]"
more(
    L.DEFINE,
    f"""[what|what exactly|so what|and what] does [the [English |]word |the term |the expression |]["{{x}}"|{{x}}|'{{x}}'] [mean|stand for|signify|express|refer to][?||, please?| in general?]
    <whatis> the [meaning|definition|sense|explanation|dictionary definition|significance] of {WORD}[?||.]
    [define|explain|describe|clarify|interpret] [for me |to me |please |][what |the meaning of |the term |the word |]{WORD}[.||, please|?| to me| for me| in a few words| simply| means]
    <can>[define|explain|clarify|describe|give the meaning of|give a definition of] {WORD}[?| for me?| please?]
    <tell> [the meaning of|the definition of|what is meant by|the sense of] {WORD}[?||.]
    <tell> what {WORD} [means|stands for|is supposed to mean][?||.]
    <give> [a definition|the definition|the meaning|an explanation|a short definition] [of|for] {WORD}[.||?]
    how [do you define|would you explain|does the dictionary define|would you describe|is|can one define|do dictionaries explain] [the word |the term |]["{{x}}"|{{x}}][ defined|][?|]
    {WORD}[: |, | - ][meaning|definition|what does it mean|define|define it|explain|explain it|what is the meaning][?||.]
    [definition|meaning|explanation|define|dictionary][:| of| for|,] {WORD}[?||.]
    [I don't know|I don't understand|I never heard|I came across|I read|someone used|I can't remember] [the word |the term |]["{{x}}"|{{x}}][. What does it mean|, what does it mean|, please explain|: meaning]?
    what [is meant by|do you mean by|does one mean with|does somebody mean by|should I understand by|do we mean when we say] {WORD}[?|]
    [in other words|in simple words|in short], what [is the meaning of|does it mean when we say|does] {WORD}[ mean|][?|]""",
    """[用英语|用英文|请用英语|请用英文|麻烦用英语][解释|说明|定义|讲解|描述|介绍|解释一下|说说][一下|]?[“{x}”|{x}|{x}这个词|单词{x}|{x}的意思|“{x}”的含义][。||？|，谢谢]
    [“{x}”|{x}|单词{x}|英文单词{x}|{x}这个词]的[英文|英语|英英][释义|定义|解释|含义|意思|说明]<到底>[是|][什么|啥|][？||。]
    <问>[“{x}”|{x}|单词{x}][的英文释义|用英文怎么解释|的英语定义|的英文定义|用英语怎么定义|的英英释义][是什么|][？||。]
    [给|给出|写出|来一个|查|查一下|提供|说出|列出][“{x}”|{x}|单词{x}|{x}这个词]的[英文|英语|英英][释义|定义|解释|含义][。||吧|，谢谢]
    [“{x}”|{x}|单词{x}][用英语|用英文|在英英词典里|在英语里][怎么|如何|怎样|是怎么][解释|定义|说明|释义|描述][的||呢][？|]
    [英文释义|英语解释|英英释义|英文定义|定义|英英词典][：|:] ?[“{x}”|{x}]
    [给|替|为][“{x}”|{x}|{x}这个词|单词{x}][下个|写个|做个|下一个][英文|英语][定义|释义][。||吧]
    [“{x}”|{x}][是什么意思|的意思|什么意思]？?[用英文解释|请用英语回答|用英语说明|英文解释]""",
    noise=0.5,
)
more(
    L.TO_CHINESE,
    f"""[how|how exactly] [do you|would you|can I|do I|does one|do people|do the Chinese|do they|should I] [say|write|express|call|translate] ["{{x}}"|{{x}}|'{{x}}'|the word "{{x}}"] [in Chinese|in Mandarin|into Chinese|in the Chinese language][?|]
    <whatis> [the |][Chinese|Mandarin] [word|translation|term|expression|equivalent|version|name] [for|of] ["{{x}}"|{{x}}|'{{x}}'][?||.]
    <whatis> ["{{x}}"|{{x}}|'{{x}}'] [in|translated into|called in] [Chinese|Mandarin|the Chinese language][?||.]
    [translate|put|turn|render|convert|bring|write|say] ["{{x}}"|{{x}}|'{{x}}'|the word {{x}}] [to|into|in] [Chinese|Mandarin][.||, please| please|?| for me]
    <can>[translate|say|write|put] ["{{x}}"|{{x}}|'{{x}}'] [to|into|in] [Chinese|Mandarin][?| for me?| please?]
    <tell> [the Chinese for|how to say|the Chinese word for|the translation of|the Chinese translation of|the Chinese of] ["{{x}}"|{{x}}] [in Chinese|in Mandarin|]?
    <give> [the Chinese|the Chinese word|the Chinese translation|the Mandarin|a Chinese word] [for|of] ["{{x}}"|{{x}}|'{{x}}'][.||?]
    ["{{x}}"|{{x}}|'{{x}}'][: |, | - | ][in Chinese|Chinese|to Chinese|in Mandarin|translate to Chinese|Chinese translation|how is that in Chinese|Chinese please][?||.]
    [Chinese|Chinese translation|Chinese word|to Chinese|translation into Chinese|English to Chinese|into Chinese][:| for| of| ->] ["{{x}}"|{{x}}][?||.]
    [I want|I need|I'd like|I am learning Chinese and need|I'm looking for] [to say |the word |the Chinese for |the translation of |][{{x}}|"{{x}}"] [in Chinese|in Mandarin][.||, please|, help]
    [what|which word] do [the Chinese|Chinese people|they in China|Chinese speakers] [say for|use for|call] ["{{x}}"|{{x}}][?|]
    [the Chinese|Chinese] [word|term] for ["{{x}}"|{{x}}] is [what|which|...][?|]""",
    """[“{x}”|{x}|"{x}"|单词{x}|英文{x}|英语单词{x}|{x}这个词][用|在|拿][中文|汉语|中文里|汉语里|普通话|国语][怎么|如何|怎样|该怎么][说|讲|表达|翻译|念|写|表示][呢||啊|呀|来着][？||。]
    [把|将|请把|请将|帮我把|麻烦把|帮忙把][“{x}”|{x}|"{x}"|单词{x}|这个词{x}][翻译成|译成|翻成|译为|翻译为|变成|转成|换成][中文|汉语|普通话|国语][。||，谢谢|吧|？|好吗]
    [“{x}”|{x}|"{x}"|单词{x}|英文单词{x}|{x}这个词]<到底>[的中文|的中文意思|的汉语|的中文翻译|对应的中文|的中文说法|的意思|的汉语意思][<到底>是|是|叫|][什么|啥|哪个|][呢||啊|来着][？||。]
    [“{x}”|{x}|"{x}"|英文{x}|英语{x}|单词{x}|{x}这个单词]<到底>[是什么意思|什么意思|是啥意思|指什么|是啥|指的是什么|是什么东西的意思|怎么翻译|如何翻译|怎么译][呢||啊|呀|来着][？||。]
    <问>[“{x}”|{x}|单词{x}|英文{x}][是什么意思|的中文|用中文怎么说|怎么翻译|中文叫什么|的中文翻译][是什么|][？||。]
    [翻译|翻译一下|译|帮我翻译|请翻译|中译|英译中|英翻中|汉译|麻烦翻译][：|:|一下|] ?[“{x}”|{x}|"{x}"][成中文|为中文|到中文|]?
    [“{x}”|{x}][，|：| ][中文|中文呢|译成中文|中文意思|翻译|中文怎么说|中文翻译|求翻译][？||。]
    [中文里|汉语里|中文|汉语][“{x}”|{x}][怎么说|叫什么|是什么|怎么讲|怎么表达][？|]
    [给出|写出|说出|查|查一下|列出][“{x}”|{x}]的[中文|中文意思|汉语翻译|中文翻译|汉语意思][。||吧]""",
    noise=0.5,
)
more(
    L.TO_ENGLISH,
    """[how|how exactly] [do you|would you|can I|do I|does one|do people|do they|should I] [say|write|express|call|translate] ["{x}"|{x}|“{x}”|the word {x}] [in English|into English|in the English language][?|]
    <whatis> [the |][English] [word|translation|term|expression|equivalent|version|meaning|name] [for|of] ["{x}"|{x}|“{x}”][?||.]
    <whatis> ["{x}"|{x}|“{x}”] [in|translated into|called in] [English|the English language][?||.]
    [translate|put|turn|render|convert|bring|write|say] ["{x}"|{x}|“{x}”|the word {x}] [to|into|in] English[.||, please| please|?| for me]
    <can>[translate|say|write|put] ["{x}"|{x}|“{x}”] [to|into|in] English[?| for me?| please?]
    <tell> [the English for|how to say|the English word for|the translation of|the English translation of|the English of|the meaning of] ["{x}"|{x}] [in English|]?
    <give> [the English|the English word|the English translation|an English word|the meaning] [for|of] ["{x}"|{x}|“{x}”][.||?]
    ["{x}"|{x}|“{x}”][: |, | - | ][in English|English|to English|translate to English|English translation|meaning|English please|what does it mean in English|what does that mean][?||.]
    [English|English translation|English word|to English|translation into English|Chinese to English|into English][:| for| of| ->] ["{x}"|{x}][?||.]
    [what|and what] does ["{x}"|{x}|“{x}”|the Chinese word {x}|the Chinese {x}] [mean|mean in English|stand for|say in English|translate to][?|]
    [I saw|I read|someone said|my teacher said|I heard] ["{x}"|{x}][, what does it mean|. What is it in English|, what is that in English]?
    the [Chinese|Chinese word|Mandarin word] {x} [means what|is what in English|translates as|means][?|]""",
    """[“{x}”|{x}|"{x}"|{x}这个词|中文{x}|词语{x}][用|在|拿][英文|英语|英文里|英语里][怎么|如何|怎样|该怎么][说|讲|表达|翻译|念|写|表示][呢||啊|呀|来着][？||。]
    [把|将|请把|请将|帮我把|麻烦把|帮忙把][“{x}”|{x}|"{x}"|{x}这个词|这个词{x}][翻译成|译成|翻成|译为|翻译为|变成|转成|换成][英文|英语][。||，谢谢|吧|？|好吗]
    [“{x}”|{x}|"{x}"|{x}这个词|中文词{x}]<到底>[的英文|的英语|的英文翻译|对应的英文|的英文说法|的英语单词|的英文单词][<到底>是|是|叫|][什么|啥|哪个|][呢||啊|来着][？||。]
    [“{x}”|{x}|"{x}"|{x}这个词][英文|英语][怎么说|怎么讲|叫什么|是什么|叫啥|是啥|怎么写|怎么翻译|单词][呢||啊|][？||。]
    <问>[“{x}”|{x}|{x}这个词][的英文|用英语怎么说|用英文怎么说|英语叫什么|的英文翻译|英文是什么][是什么|][？||。]
    [翻译|翻译一下|译|帮我翻译|请翻译|英译|中译英|中翻英|麻烦翻译][：|:|一下|] ?[“{x}”|{x}|"{x}"][成英文|为英文|到英语|成英语|]
    [“{x}”|{x}][，|：| ][英文|英文呢|译成英文|英语|翻译|英文怎么说|英文翻译|求英文][？||。]
    [英文里|英语里|英语|英文][“{x}”|{x}][怎么说|叫什么|是什么|怎么讲|怎么表达][？|]
    [给出|写出|说出|查|查一下|列出][“{x}”|{x}]的[英文|英文单词|英语翻译|英文翻译|英语单词][。||吧]""",
    noise=0.5,
)

# ---------------------------------------------------------------------------------------------- questions after a first turn
more(F.NEXT["+"],
     """[and|now|then|next|ok, now|and then|after that|so] [add|plus|add another|put on|increase it by|raise it by] {n}[?||.| to it| to the result| please]
     [what if|what happens if|and if|what about when] [I|you|we] [add|put|also add|then add] {n}[ to it| to that| more| on top|][?|]
     [{n} more|plus {n}|add {n}|increase by {n}|+{n}|and {n} on top|with {n} added][?||.| please|, what now?]
     [add|put] {n} [to the result|to it|on top of that|to this|to the answer|more][.||?]""",
     """[再|然后|接着|那么|那|现在|最后|结果]?[再|]?[加|加上|加个|多加|增加|添][ |]{n}[呢|是多少|等于多少|得几|吧||会怎样|，多少][？||。]
     [如果|要是|假如][再|]?[加|加上|增加]{n}[呢|会是多少|等于几|，得多少][？|]
     [把|将]?[结果|它|这个数|上面的结果|得数][再|]?[加上|加|增加]{n}[。||呢？|是多少？]""")
more(F.NEXT["-"],
     """[and|now|then|next|ok, now|and then|after that|so] [subtract|minus|take away|remove|decrease it by|reduce it by|take off] {n}[?||.| from it| from the result| please]
     [what if|what happens if|and if|what about when] [I|you|we] [subtract|remove|also subtract|then take away|take off] {n}[ from it| from that||][?|]
     [{n} less|minus {n}|subtract {n}|decrease by {n}|-{n}|without {n}|less {n}][?||.| please|, what now?]
     [subtract|take|remove] {n} [from the result|from it|from this|off that|from the answer][.||?]""",
     """[再|然后|接着|那么|那|现在|最后|结果]?[再|]?[减|减去|减掉|去掉|扣掉|减少|拿走][ |]{n}[呢|是多少|等于多少|得几|吧||还剩多少|，多少][？||。]
     [如果|要是|假如][再|]?[减|减去|减掉|少]{n}[呢|会是多少|等于几|，得多少][？|]
     [把|将|从]?[结果|它|这个数|上面的结果|得数][再|里|]?[减去|减|减掉]{n}[。||呢？|是多少？]""")
more(F.NEXT["*"],
     """[and|now|then|next|ok, now|and then|after that|so] [multiply by|times|multiply it by|multiply the result by] {n}[?||.| please]
     [what if|what happens if|and if|what about when] [I|you|we] [multiply|then multiply|also multiply] [it|that|this|the result] by {n}[?|]
     [times {n}|multiplied by {n}|*{n}|x {n}|{n} times that|{n} times as much|{n} times it][?||.| please|, what now?]
     [multiply] [the result|it|this|the answer] [by|with] {n}[.||?]""",
     """[再|然后|接着|那么|那|现在|最后|结果]?[再|]?[乘|乘以|乘上|乘个][ |]{n}[呢|是多少|等于多少|得几|吧||会怎样|，多少][？||。]
     [如果|要是|假如][再|]?[乘|乘以|乘上]{n}[呢|会是多少|等于几|，得多少][？|]
     [把|将]?[结果|它|这个数|上面的结果|得数][再|]?[乘以|乘|乘上]{n}[。||呢？|是多少？]
     [结果|它|这个数]?的{n}倍[呢|是多少]？""")
IT_EN = "[it|this country|that country|this one|that one|the country]"
IT_ZH = "[它|这个国家|那个国家|该国|那里|那边|那儿]"
more(F.ITS["capital"],
     f"""[what|which|and what|so what] is {IT_EN}'s capital[?|]
     [and|what about|how about|also|now|tell me|give me|then] [the capital|its capital|the capital city|the capital there|its capital city][?||.|, please]
     [what|which] [city|town] is the capital [there|of it|of this country|of that country][?|]
     [capital|its capital city|capital city|the capital][?||, please]
     [where|in which city] is [its capital|the capital][?|]""",
     f"""{IT_ZH}?的?首都<到底>[是|在|叫][哪里|什么|哪儿|哪个城市|啥|哪][呢||][？|]
     [那|还有|那么|顺便问一下，]?[它的|这个国家的|]?首都[呢|是哪|是哪儿|叫什么|是什么|在哪儿|在哪][？|]
     [告诉我|说说]?{IT_ZH}的首都[。||吧|是什么]""")
more(F.ITS["currency"],
     f"""[what|which|and what|so what] is {IT_EN}'s [currency|money][?|]
     [and|what about|how about|also|now|tell me|give me|then] [the currency|its currency|the money|the money there|its money][?||.|, please]
     [what|which] [currency|money] [do they use|is used|do people use|do people pay with|does it use|do they have|is valid] [there|in that country|in it|][?|]
     [currency|money|its money|the money][?||, please]
     [how|with what] do [people|they] pay there[?|]""",
     f"""{IT_ZH}?[的货币|的钱|用的货币|的法定货币]<到底>[是|叫][什么|啥|哪种][呢||][？|]
     [那|还有|那么]?[它的|这个国家的|]?[货币|钱][呢|是啥|叫什么|是哪种][？|]
     {IT_ZH}[用|花|使用][什么|哪种|啥][货币|钱|币][？|呢]""")
more(F.ITS["continent"],
     f"""[and|what about|how about|also|now|tell me|then] [the continent|its continent|which continent|what continent|on which continent][?||.]
     [which|what] continent [is it|is this|is that country|does it lie|does it belong] [in|on|to|part of][?|]
     [on|in] [which|what] continent [is that|does it lie|is this country|can I find it|is it located][?|]
     [continent|the continent][?||, please]
     where [is it|does it lie|is that][, which continent| on the globe| in the world|][?|]""",
     f"""{IT_ZH}<到底>[在|位于|属于|是][哪个|什么|哪一个|哪]洲[的||呢][？|]
     [那|还有|那么]?[大洲|洲|所在的洲|哪个洲][呢|是什么|是哪个|][？|]
     {IT_ZH}[在|位于|属于]哪[个大洲|个洲|块大陆][？|呢]""")
more(F.ITS["languages"],
     f"""[and|what about|how about|also|now|tell me|then] [the language|its language|the languages|which language|what language][?||.]
     [which|what] [language|languages] [is|are] [spoken|used|official] [there|in it|in that country|in this country][?|]
     [which|what] [language|languages] do [they|people|the people there|locals] [speak|use][?|]
     [language|languages|its languages|the language][?||, please]""",
     f"""{IT_ZH}?[人|的人|]?<到底>[说|讲|用|使用][什么|哪种|哪些|啥][语言|话|语][呢||][？|]
     [那|还有|那么]?[它的|官方|]?语言[呢|是什么|有哪些|是哪种][？|]
     {IT_ZH}的[官方语言|语言|通用语][是|有][什么|哪些|哪种][？|呢]""")
more(F.ITS["symbol"],
     """[and|what about|how about|also|now|tell me|give me|then] [the symbol|its symbol|the chemical symbol|its abbreviation|the abbreviation][?||.|, please]
     [what|which] [symbol|chemical symbol|abbreviation] [does it have|is used for it|stands for it|has it|is it][?|]
     [symbol|chemical symbol|the symbol][?||, please]
     how [is it|do you] [abbreviated|write it|written as a symbol|abbreviate it][?|]""",
     """[它|这个元素|该元素|那个元素]?的?[符号|元素符号|化学符号|缩写]<到底>[是|怎么写|][什么|啥|][呢||][？|]
     [那|还有|那么]?[符号|化学符号|元素符号][呢|是什么|怎么写|][？|]
     [它|这个元素|该元素][用|以]什么[符号|字母][表示|写][？|呢]""")
more(F.ITS["number"],
     """[and|what about|how about|also|now|tell me|give me|then] [the atomic number|its atomic number|the number|its number|the number of protons][?||.|, please]
     [what|which] [atomic number|number|place in the periodic table] [does it have|has it|is it][?|]
     [atomic number|number|the atomic number][?||, please]
     how many protons [does it have|are in it|has it][?|]""",
     """[它|这个元素|该元素|那个元素]?的?[原子序数|序数|质子数|序号]<到底>[是|]<多少>[？|]
     [那|还有|那么]?[原子序数|质子数|序数][呢|是几|多少|][？|]
     [它|这个元素|该元素][是|排|排在][第几号|第几位|几号元素|第几][？|呢]""")
more(F.ITS["weight"],
     """[and|what about|how about|also|now|tell me|give me|then] [the atomic weight|its atomic weight|the atomic mass|its atomic mass|the mass][?||.|, please]
     [what|which] [atomic weight|atomic mass|mass] [does it have|has it|is it][?|]
     [atomic weight|atomic mass|the atomic mass|mass][?||, please]
     how [much does it weigh|much does one atom weigh|heavy is an atom of it][?|]""",
     """[它|这个元素|该元素|那个元素]?的?[原子量|相对原子质量|原子质量|质量]<到底>[是|]<多少>[？|]
     [那|还有|那么]?[原子量|相对原子质量|原子质量][呢|是几|多少|][？|]
     [它|这个元素|它的原子|一个原子][有多重|多重|重多少][？|呢]""")
more(F.AND_OF,
     """[and|what about|and what about|now|then|ok, and|also|the same for|same question for|next:|and now|and how about] {x}[?||.|, please?]
     [how|what] [is it|about it|does it look] [for|with|in the case of] {x}[?|]
     {x}[?||, please|, what about that one?|, and that one?]""",
     """[那|那么|还有|再说|接着|换成|如果换成|要是|至于|然后]?{x}[呢|的呢|又是什么|是什么呢|又如何|怎么样|][？|]
     [同样的问题|一样的问题|再来一个|下一个|换一个][：|，|:]{x}[？||呢]
     [也|再]?[说说|告诉我|讲讲]{x}[的||吧|的呢]""")
more(F.IN_CHINESE,
     """[and|now|so|ok, and|then] [in Chinese|the Chinese|its Chinese translation|in Mandarin|the translation into Chinese][?||, please]
     [what|how] [is it|would it be|do you say that|is that word|do I say that|is this|is it said|does one say it] in [Chinese|Mandarin][?|]
     [translate|put|say] [it|that|this word|the word] [into|in|to] Chinese[.||?|, please]
     [Chinese|Chinese translation|Chinese please|in Mandarin][?|]""",
     """[那|那么|它|这个词|这个单词]?[用|在]?[中文|汉语][里|]?[怎么说|怎么讲|是什么|叫什么|如何表达|呢][？|]
     [把它|把这个词|将它|][翻译成|译成|翻成][中文|汉语][。||吧|呢？]
     [它|这个词|这个单词]?的?[中文|中文意思|汉语|中文翻译][呢|是什么|是啥|怎么说][？|]""")
more(F.AND_WORD,
     """[and|what about|and what about|now|then|ok, and|also|the same for|next:|and now|and how about] ["{x}"|{x}][?||.|, please?]
     ["{x}"|{x}][?||, please|, and that?| as well?| too?]""",
     """[那|那么|还有|再来|接着|换成|如果是|要是|然后]?[“{x}”|{x}][呢|又怎么说|怎么说|又是什么|是什么][？|]
     [下一个|再来一个|换一个|同样的问题][：|，|:]?[“{x}”|{x}][？||呢]""")

# Words put around these would be counted or sorted too.
for exact in (T.WORD_COUNT, T.CHARACTER_COUNT, T.SORT_WORDS):
    exact.dressed = 0.0
