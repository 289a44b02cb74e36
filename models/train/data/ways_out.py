"""Hundreds of subjects that are out of scope, for training alone: wide templates filled with the words of the dictionary.

{n} a noun, {m} another, {v} a verb, {p} a place. What decline.py holds out for the test (topics and phrasings) is never drawn.
"""

from __future__ import annotations

import random

from .core import choose, is_reserved, loosen
from .facts import load_lines
from .grammar import Grammar, dress

EN = {
    "the news": """[what|which] [is|are] [new|the headlines|in the news|the latest|happening|going on|trending] [in {p}|about {n}|with {n}|in the world|today in {p}|on TV|in politics|around {p}][?| today?| this morning?|]
        [did|has|was] [anything|something] [happen|happened|new|important] [in {p}|today|this week|with the {n}|about the {n}][?|]
        [read|show|give|summarize] me [the news|today's headlines|the latest from {p}|the latest reports about {n}][.||?| please]
        [who|what] [leads|won|lost] [the polls|the vote|the election|the debate] in {p}[?| this year?]""",
    "the weather": """[what|how]['s| is| will be|  about] the [weather|forecast|temperature|climate|rain|wind|humidity|air quality] [like |][in {p}|today|tomorrow|outside|here|this weekend|at the beach|next week][ like|][?|]
        [will|does|is|might] it [rain|snow|be sunny|be cold|storm|freeze|hail|be windy|get warm|be foggy] [in {p}|today|tomorrow|tonight|on Monday|this afternoon|outside|for my trip to {p}][?|]
        [do|should|must] I [take|bring|wear|need|pack] [a raincoat|an umbrella|a coat|a jacket|sunglasses|a hat|boots|warm clothes|sunscreen|a scarf|an umbrella] [today|tomorrow|in {p}|for {p}|outside|tonight|on my trip to {p}][?|]
        [how] [hot|cold|warm|humid|windy|sunny|rainy] [is|was|will] it [be |][in {p}|outside|tomorrow|yesterday|today|right now in {p}][?|]
        [when] [will|does] [the sun|the moon|the rain|the storm|summer] [rise|set|come|stop|start][ in {p}|][?|]""",
    "live data": """[what|which] [time|day|date|month|year|week|hour] is it [now|today|right now|there|in {p}|at the moment|please][?|]
        [what|how much] is the [price|cost|exchange rate|stock price|rate|market value] of [{n}|a {n}|the pound|the yen|shares of a company|gasoline|bread in {p}|a barrel of oil] [now|today|at present|in {p}|this week][?|]
        [how much|what] [does|do|did] [a {n}|{n}|an hour of parking|a flat in {p}|a ticket to {p}|a new car] cost[?| today?| in {p}?]
        [is|are] [the shop|the bank|the museum|the library|the store|the {n} shop|the train|my flight|the office] [open|closed|late|on time|delayed|full] [today|now|tonight|on Sunday|][?|]
        [when] [does|is|will] [the next train|the bus|my parcel|the flight to {p}|Easter this year|the next full moon|the next holiday] [leave|arrive|come|][?|]
        [what's|what is] [my IP address|my location|the time|today's date|the date|the current year|on my calendar|in my inbox|my battery level][?| now?]""",
    "opinions": """[what|how] do you [think|feel|say] [of|about] [{n}|the {n}|people who {v}|{p}|my {n}|marriage|war|modern {n}][?|]
        [do|would|could] you [like|love|hate|prefer|enjoy|recommend|believe in|support|want] [{n}|a {n}|the {n}|to {v}|{p}|ghosts|god][?|]
        [which|what] is [better|nicer|more beautiful|more fun|worse|more important]: [{n} or {m}|a {n} or a {m}|to {v} or to rest|the city or the country][?|]
        [should] [people|I|we|children|the government] [{v}|have a {n}|buy a {n}|forbid {n}|learn about {n}|get married|quit my job|have children][?|]
        [is|are|was] [{n}|a {n}|the {n}|{p}] [good|bad|beautiful|boring|overrated|important|worth it|dangerous for society|fun|a good idea|healthy][?|]
        [who|what] is your [favorite|best|dearest] [{n}|singer|actor|color|film|writer|team|animal|food|country][?|]""",
    "code": """[write|create|give me|make|build|generate|show me|code] [a|some|me a] [Python|Java|C++|JavaScript|Rust|Go|SQL|bash|PHP|HTML|Swift|Kotlin] [function|script|program|class|code|snippet|query|app|game|bot] [that can {v}|for a {n}|to {v} a {n}|about {n}|that prints {n}|to store the {n}|which sorts {n}][.||?| please]
        [how] [do I|can I|to|would you] [{v} a {n}|implement a {n}|loop over a {n}|declare a variable|use a {n} class|handle errors|install a package|use git|center a div|write a test|read input|parse a {n}] in [Python|Java|C++|JavaScript|Rust|Go|CSS|React|Linux|bash][?|]
        [why|where] [does|is] [my code|this function|my program|the compiler|my script|the loop] [crash|fail|throw an error|the bug|not work|not compile|so slow|wrong][?|]
        [fix|debug|explain|review|refactor|optimize|check|translate] [this code|my function|this bug|my script|the error|this loop|my program|this regex][.||: x = {n}|: print('{n}')| please]
        [what] [is|does] [a pointer|recursion|a null pointer|an array|a segmentation fault|object oriented programming|a hash table|git rebase|the error 404|a compiler][ do||?]""",
    "writing": """[write|compose|draft|make up|create|invent|produce|give me|type] [me |][a|an|a short|a long|a funny|a sad|a nice|a formal] [essay|story|poem|letter|email|song|speech|article|report|novel|tale|haiku|review|blog post|cover letter|love letter|rap|limerick|toast|diary entry|script|slogan|ad|summary] [about|on|for|to|describing] [{n}|a {n}|my {n}|the {n}|the {n} and the {m}|{p}|someone who wants to {v}|my boss][.||?|, please]
        [can|could|would] you [write|compose|draft|invent|make up] [something|a text|an essay|a few lines|a poem|a story|a paragraph|a song] [about|on|for] [{n}|the {n}|my {n}|{p}|my mother][?|]
        [help me|assist me] [write|with|draft|finish|plan] [my essay|a letter|a novel|my thesis|an application|a speech|a story about {n}|an email to my {n}|my homework about {n}][.||?| please]
        [summarize|rewrite|improve|proofread|correct|shorten|paraphrase|extend|edit|translate the text of] [this text|this article|my essay|this paragraph|my letter|the book about {n}|this chapter|my CV|the following sentences][.||:| please]
        [continue|finish|end|go on with] [the story|this poem|this sentence|my novel]: [the {n}|once upon a time|a {n} and a {m}][...|.|]
        [give|find|suggest|think of] [me |][a title|a name|names|ideas|a slogan|rhymes|a headline] for [my {n}|a {n}|a story about {n}|a company that sells {n}|my dog|my baby|a band][.||?]""",
    "recipes": """[how|in what way] [do I|can I|to|do you|should I] [cook|bake|make|prepare|fry|boil|roast|grill|season|freeze|serve] [{f}|a good {f}|{f} at home|my {f}|{f} for two|{f} without an oven][?||.]
        [give|show|find|send|tell|teach] me [a|the|your best] [recipe|instructions|ingredients|steps] for [{f}|a {f} dish|vegan {f}|quick {f}|dinner|breakfast][.||?| please]
        [what] [goes into|is in|belongs in|do I need for|spices go with|goes well with|can I make from] [{f}|a {f}|good {f}|leftover {f}][?|]
        [how long|how hot|how many minutes|at what heat] [does|do|should|must] [I |][{f} take|boil {f}|{f} cook|{f} bake|fry {f}|{f} stay in the oven][?|]
        [what] [should|can|could|shall] [I|we] [eat|cook|have|drink|order] [today|tonight|for dinner|for lunch|with {f}|on Sunday|if I am vegan|for a party][?|]
        [is|are] {f} [healthy|vegan|good for me|fattening|still good after a week|gluten free][?|]""",
    "medical advice": """[what|which] [medicine|drug|pill|doctor|treatment|remedy|tea|cream|vitamin|exercise] [is good|helps|should I take|do I need|is best|works] [for|against|with] [{i}|my {i}|a bad {i}|{i} at night][?|]
        [I|my son|my mother|my dog|my friend] [have|has|got|have had] [{i}|a bad {i}|{i} for days|{i} since yesterday][.|, what should I do?|. What helps?|. Is it serious?|, should I worry?|. Is it dangerous?]
        [is|are|can] [{i}|my {i}|having {i}] [dangerous|serious|contagious|curable|normal|deadly|be treated|go away|be cured][?|]
        [how|why] [do I|can I|did I|to] [get rid of|treat|cure|prevent|stop|avoid|get|recognize|heal] [{i}|my {i}|a {i}][?|]
        [what|which] [causes|are the signs of|are the symptoms of|is the cause of|is the cure for|does it mean to have] {i}[?|]
        [should|can|may] I [take|eat|drink|use|mix] [aspirin|antibiotics|alcohol|coffee|vitamins|ibuprofen|painkillers] [with|during|for|if I have] {i}[?|]
        [how many] [pills|tablets|hours of sleep|calories|glasses of water|vitamins] [should|can|do] I [take|need|have][ a day| for {i}|][?|]""",
    "legal advice": """[is|would] it [legal|illegal|allowed|a crime|against the law|permitted|forbidden|punishable] to [{v} a {n}|{v}|own a {n}|sell a {n}|{v} in {p}|carry a {n}|record my boss|park on the sidewalk][?|]
        [can|may|could|will] [I|my landlord|my boss|the police|my neighbor|a company|my ex] [sue me|fire me|{v} my {n}|enter my flat|search my {n}|raise my rent|keep my deposit|be arrested for {n}|go to jail|take my {n}][?|]
        [what|which] [law|rights|punishment|fine|tax|penalty|paragraph|permit|license] [applies to|do I have with|is there for|do I need for|regulates|covers] [{n}|a {n}|renting|a {n} dispute|divorce|my contract][?|]
        [do|should|must] I [need|hire|pay|sign|get] [a lawyer|a contract|tax|a permit|a visa|a license|insurance] [for|to] [{v}|my {n}|a {n}|{p}][?|]
        [how] [do|can] I [sue|report|evict|divorce|inherit from|complain about|get a visa for|register|file a claim against] [{p}|my {n}|a {n}|my landlord|my husband|a shop][?|]""",
    "financial advice": """[should|would|can|could] [I|you|we] [buy|sell|invest in|put money in|trade|hold|bet on|borrow for] [{n}|a {n}|shares of a {n} company|crypto|gold|bonds|real estate in {p}|the stock market|a flat in {p}|an index fund][?| now?]
        [how|where] [do|can|should|could] I [invest|save|earn|make|get|put|borrow|double|manage] [money|my money|more money|a loan|my savings|some cash|a fortune][ with {n}| from {n}| fast|][?|]
        [which|what] [stock|fund|bank|insurance|credit card|broker|coin|pension|mortgage|savings account] [is best|should I choose|is safe|do you recommend|will rise|is the cheapest|pays most][?|]
        [will|is] [the market|bitcoin|the {n} market|the price of {n}|inflation|the dollar|my salary] [rise|fall|crash|go up|a bubble|high enough|overvalued][?| next year?]
        [how much] [should|can|must] I [save|spend|pay|invest|tip|earn] [for retirement|on a {n}|for a {n}|each month|in taxes|for rent][?|]""",
    "people": """[who|what] [is|was|are|were] [{w}|the president of {p}|the king of {p}|the mayor of {p}|the inventor of the {n}|the author of {n}|the richest man|the first woman in space|the prime minister of {p}|the founder of {p}|the leader of {p}|the wife of {w}|the actor in {n}][?|]
        [when|where|how|why] [was|did|is|did] {w} [born|die|live|become famous|grow up|get rich|marry|work|study][?|]
        [how] [old|tall|rich|famous|smart] [is|was] {w}[?|]
        [tell me about|describe|what do you know about|give me a biography of|introduce|who exactly is|have you heard of|I want to know about|some facts about] [{w}|the life of {w}|the work of {w}|the president of {p}|the queen of {p}][.||?]
        [what] [did|has|does] {w} [invent|write|discover|win|say about {n}|paint|compose|do|believe|study][?|]
        [who] [invented|discovered|wrote|painted|composed|built|founded|owns|rules|governs|leads|designed|sings|directed|won] [the {n}|{n}|{p}|the first {n}|the {n} of {p}|the theory of {n}|the song about {n}][?|]""",
    "sports": """[who|which team|which country|what player] [won|lost|leads|plays|scored in|is the favorite in|is the best at|holds the record in|coaches|invented] [the {s} final|the {s} match|the {s} championship|{s}|the last {s} game|the {s} world cup|the {s} league|the {s} ranking][?| yesterday?| last year?]
        [what|how] [are|is|was|were] the [rules|score|result|history|winner|record|schedule|standings] [of|in|for] [{s}|the {s} final|the {s} match|the {s} league|yesterday's {s} game][?|]
        [when|where] [is|does|was|will] [the {s} final|the next {s} match|the {s} season|the {s} cup|the {s} tournament] [start|take place|played|held|be shown|][?|]
        [how] [do I|can I|to] [play|learn|win at|improve in|train for|get better at] {s}[?|]
        [how many] [players|points|goals|rounds|medals] [are there in|does a team have in|did {p} win in|do you need in] {s}[?|]
        [is|was] {s} [an Olympic sport|harder than football|popular in {p}|dangerous|good exercise][?|]""",
    "history and general knowledge": """[why|how come] [is|are|do|does|did|was] [the {n}|{n}|a {n}|cats|birds|people|stars|the {n} of {p}|we|the sky|dogs|leaves] [{v}|blue|round|so {a}|important|called that|fall|{a}|a {m}|made of {m}|move|sleep|shine][?|]
        [how] [does|do|did|is|are|was|were] [a {n}|the {n}|{n}|an engine|planes|magnets|the internet|computers|the {n} and the {m}|vaccines|batteries] [work|made|built|{v}|start|end|born|produced|invented|function|fly|grow|{v} the {m}][?|]
        [explain|describe|tell me about|teach me about|tell me something about|discuss|what do you know about|give me facts about|I want to learn about|give me information on|let's talk about|write down everything about] [the history of {n}|the {n} of {p}|how {n} works|the theory of {n}|the war of {p}|black holes|the life of a {n}|the difference between a {n} and a {m}|why people {v}|gravity|the universe|dinosaurs|the Middle Ages|ancient {p}|DNA|democracy|philosophy][.||?| please]
        [what|which] [is|was|are] the [tallest|longest|biggest|fastest|oldest|smallest|deepest|most expensive|most famous|first|best known|largest] [{n}|building|river|mountain|animal|{n} in {p}|ocean|planet|{n} in the world|city][?|]
        [how] [many|much|far|old|big|tall|deep|long|fast|heavy] [{n} are there in {p}|people live in {p}|is the {n}|planets are there|is the moon|is the universe|is the {n} of {p}|stars exist|is it to {p}|can a {n} run|is Mount Everest|does an elephant weigh][?|]
        [when|where|in which year|in what century] [was|did|is|were] [the {n} invented|{p} founded|the war start|the {n} discovered|the first {n} built|the revolution in {p}|the {n} come from|dinosaurs live|the empire fall|{n} first used][?|]
        [what] [happened|would happen] [in {p} in history|in 1815|in 1492|if the {n} {v}|to the {n}|after the war|before the {n}|in the year 1066|if we all {v}][?|]
        [is|are|was|can|could|do|does] [there life on Mars|a {n} {a}|the {n} {a}|{n} {a}|fish {v}|humans {v}|the earth flat|animals {v}|time travel possible|a {n} bigger than a {m}|{n} made from {m}][?|]
        [what] [is|are] [the meaning of life|the population of {p}|the {n} made of|the largest {n}|the area of {p}|the flag of {p}|the speed of light|the religion in {p}|the history of {p}|the president's job|love|the origin of {n}|a typical {n} in {p}|{p} famous for|the climate of {p}|the time zone of {p}|the neighbors of {p}|the biggest city of {p}][?|]""",
    "travel and shopping": """[recommend|suggest|find|show|name|propose] [me |][a|a good|a cheap|some|a nice|the best] [{n}|hotel|restaurant|movie|book|song|phone|gift|game|series|laptop|place to stay|beach|camera] [in {p}|for me|for my {n}|under 50 dollars|for tonight|to read|for kids|nearby|for my birthday][.||?| please]
        [where] [can|do|could|should|would] I [buy|find|get|rent|order|see|sell|eat|stay|repair] [{n}|a {n}|a cheap {n}|the best {n}|good {n} in {p}|a used {n}|tickets for {n}|my {n}][?|]
        [book|order|buy|reserve|rent|get|purchase] [me |us |][a {n}|a flight to {p}|a table for two|a hotel in {p}|two tickets|a taxi|a room|pizza|a train to {p}|a car|flowers|a {n} online][.||!| please]
        [plan|organize|prepare|arrange] [a trip to {p}|my holiday in {p}|a party|my wedding|a weekend in {p}|a birthday|a picnic|my week|my {n}][.||?| please]
        [what|which] [should|can|could|must] I [see|visit|do|buy|wear|bring|pack|give my {n}|watch|read|listen to] [in {p}|for a wedding|this weekend|on vacation|for Christmas|tonight|next|as a present][?|]
        [how] [do I|can I|to|long does it take to|much is it to] [get to|travel to|drive to|fly to|walk to|reach|move to] [{p}|the airport|the station|the nearest {n}|the {n}|{p} from here][?|]
        [which|what] [{n}|phone|laptop|car|camera|bike|mattress|brand] [is best|should I buy|is better|do you recommend|is the cheapest|lasts longest][?|]""",
    "actions on the computer": """[set|create|make|start|add|cancel] [an alarm|a timer|a reminder|an event|a meeting|an appointment|a calendar entry|a countdown] [for|at|on|about|in] [{n}|my {n}|seven|tomorrow|noon|ten minutes|Monday|the {n}|lunch][.||!| please]
        [play|pause|stop|skip|turn up|resume] [some music|a song|the radio|a video|a song about {n}|the volume|the movie|my playlist|jazz|a podcast about {n}|something relaxing][.||!| please]
        [send|read|delete|answer|forward|write|check|open] [an email|my emails|a message to my {n}|my texts|a text to Tom|my inbox|a postcard|a WhatsApp to mom][.||!| please| about {n}]
        [turn|switch|put] [on|off] the [{n}|lamp|lights|radio|TV|heater|air conditioner|oven|washing machine|coffee machine|computer|bluetooth|wifi|flashlight|kettle|garage light|fridge|vacuum cleaner][.||!| please| in the {n}]
        [turn|switch] the [{n}|lamp|lights|radio|TV|heater|air conditioner|oven|washing machine|kettle|wifi] [on|off][.||!| please]
        [open|delete|move|rename|copy|close|print|save|find|share|zip|download] [a file|my photos|the folder|this document|the {n} file|my browser|the calculator app|the {n} folder|Word|Excel|YouTube|my downloads|the camera|Google|a website about {n}|the door|the window|the {n}][.||!| please]
        [search|google|browse|look up|look on] [the web for {n}|the internet for {n}|{n} online|Wikipedia for {n}|Google for {m}|for {n} on YouTube|pictures of a {n}][.||!| please]
        [draw|paint|generate|make|create|design|sketch] [me |][a picture|an image|a logo|a drawing|a photo|a cartoon|a painting|a poster|a portrait] of [a {n}|the {n}|my {n}|a {n} and a {m}|{p}|a {a} {n}][.||!| please]
        [call|phone|text|ring|message|dial] [my {n}|mom|the doctor|a taxi|the police|Tom|my boss|the {n}][.||!| please| now]
        [lock|unlock|restart|shut down|update|charge|clean|repair|format|scan] [my {n}|the computer|my phone|the {n}|windows|the door|my printer|the screen|the car][.||!| please]
        [take|make|record] [a selfie|a photo|a note: {n}|a video|a voice memo|notes about {n}|a screenshot of my {n}][.||!| please]""",
    "other languages": """[translate|say|put|write|turn] ["{n}"|{n}|this|the word {n}|the sentence|good luck|hello|my name|I love you] [into|in|to] [{l}][.||?| please]
        [how|what] [do you say|is|do I say|would you say|can I say|is the word for] ["{n}"|{n}|thank you|good morning|I am hungry|the {n}|where is the {n}] in [{l}][?|]
        [do you|can you|could you|will you] [speak|understand|teach me|write|know|learn|translate to|talk in] [{l}][?|, please?| well?]
        [what] does [the {l} word|this {l} text|hola|guten Tag|bonsoir|konnichiwa|grazie|por favor] mean[?|]
        [I want to|help me|I'd like to|how do I|how long does it take to] [learn|study|practice|improve my] [{l}][.||?]
        [teach|correct|check|conjugate] [me some {l}|my {l}|a verb in {l}|my {l} grammar][.||?]""",
}
ZH = {
    "新闻": """[{p}|国际|国内|今天|最近|娱乐|世界|科技|{n}]?[有|发生了|出了][什么|哪些|啥]?[新闻|大事|新鲜事|重要消息|热点|头条|新消息|动态][吗||呢][？|]
        [播报|说说|讲讲|看看|念一下|总结][一下|]?[今天的|最新的|]?[{p}|{n}|国际|体育|娱乐|财经]?[新闻|头条|时事|热搜|消息][。||吧|，谢谢]
        {p}[大选|选举|的战争|的局势|的疫情|的罢工][怎么样了|结果如何|最新进展|谁赢了][？|]""",
    "天气": """[{p}|我们这里|外面|山上|海边|家里|今天|明天|后天|周末|下周]?[{p}|今天|明天|现在|后天|这周末|晚上]?的?[天气|气温|温度|空气质量|湿度|风力|天气预报|紫外线][怎么样|如何|好吗|是多少|多少度|好不好|高不高|大吗][呢||啊][？|]
        [{p}|外面|今天|明天|后天|这个周末|今晚|那边][会|会不会|要不要|是不是要|可能|还会]?[下雨|下雪|刮风|降温|打雷|出太阳|起雾|变冷|变热|升温|有台风|下大雨|结冰][吗|么|呢]？
        [去|到|今天去|明天去|在]{p}[旅游|出门|玩|出差|]?[要|需要|用|得|该|要不要|用不用|需不需要][带|穿|备|准备|拿][雨伞|伞|外套|羽绒服|帽子|雨衣|厚衣服|墨镜|防晒霜|毛衣|围巾][吗|么|？]
        [今天|明天|出门|现在|晚上]?[要|需要|用|该|要不要|应该]?[穿|带|戴][什么衣服|雨伞|伞|外套|帽子|厚衣服|雨衣|几件衣服|短袖|口罩][吗|好|出门|呢|]？
        [{p}|外面|今天|现在|明天]?[冷|热|暖和|凉快|晒|闷|潮湿|冷不冷|热不热|潮不潮][吗|不|？]""",
    "实时信息": """[现在|今天|此刻|这会儿|目前|{p}现在|那边]?[几点|几点钟|是几点|几号|星期几|是几月几号|什么日期|什么时间|是什么时候|农历几号|几点几分][了|啊||呢][？|]
        [{n}|{p}的房子|汽油|猪肉|一斤{n}|一张去{p}的机票|门票|外卖|黄金|英镑|日元|一台{n}][现在|今天|目前|最近|这周]?[多少钱|什么价|价格多少|卖多少|汇率是多少|涨了吗|贵不贵|便宜吗|怎么卖][一斤||呢][？|]
        [银行|超市|图书馆|博物馆|邮局|{n}店|医院|餐厅|商场][今天|现在|几点|周末][开门|关门|营业|上班|休息][吗||呢][？|]
        [下一班|去{p}的|今天的|最后一班][火车|公交|地铁|飞机|高铁|大巴|航班][几点|什么时候|多久][开|到|来|出发|晚点吗]？
        [今年|这个月|今天|下个假期|春节|国庆|中秋][是|有][哪年|几天|什么节|哪一天|什么时候|放几天假|什么生肖]？
        [我|][现在|]?[在|的][哪里|位置是哪里|电量还有多少|快递到哪了|手机号是多少|IP 地址是多少|邮箱里有什么]？""",
    "观点": """你?[觉得|认为|怎么看|如何评价|如何看待|对|喜不喜欢|喜欢|讨厌|爱|支持|反对|相信|赞同]<到底>?[{n}|{n}和{m}|{p}|现在的{n}|结婚|加班|网红|{v}|这种{n}|年轻人{v}][怎么样|好不好|吗|有什么看法|是对的吗|呢|的看法|这件事|]？
        [{n}和{m}|{v}还是{m}|城市和农村|猫和狗|{n}还是{m}][哪个|谁|哪种]?[好|更好|重要|更有意思|更漂亮|你更喜欢|值得选]？
        [应该|要不要|该不该|我该不该|有没有必要|值得|到底要不要][{v}|买{n}|辞职|分手|结婚|学{n}|生孩子|换工作|养{n}|去{p}生活][吗|呢|]？
        [{n}|{v}|{p}|这个{n}|现代{n}][是|算|真的|有没有|]?[好事|意义|有意思|美|无聊|重要|值得|有用|可怕|公平|道德][吗|么]？
        你?最[喜欢|爱|讨厌|欣赏|怕]的?[{n}|明星|颜色|电影|歌手|动物|食物|作家|城市]是[什么|谁|哪个|啥]？""",
    "代码": """[写|帮我写|给我写|编|编写|生成|来][一个|个|一段|一份]?[Python|Java|C++|JavaScript|Go|SQL|PHP|C语言|HTML|Rust|shell]?[程序|函数|脚本|代码|小游戏|爬虫|网页|查询语句|接口][来{v}|实现{v}|处理{n}|，功能是{v}|打印{n}|管理{n}|统计{n}|][。||，谢谢|吧]
        <怎么>用[Python|Java|C++|JavaScript|Go|C语言|SQL|Excel 公式|Linux 命令][{v}|{v}{n}|写循环|定义变量|连接数据库|实现{n}|遍历{n}|处理异常|读取{n}|排序列表]？
        [我的|这段|这个|下面的|这份][代码|程序|函数|脚本|循环|爬虫|网页][为什么|怎么|哪里][报错|不运行|有错|有 bug|崩溃了|这么慢|编译不过|输出不对]？
        [修改|调试|解释|优化|重构|检查|补全|翻译][一下|]?[这段代码|我的程序|这个函数|这个错误|脚本|这个 bug|这条 SQL][。||：{n}=1|，谢谢]
        [什么是|解释一下|讲讲][递归|指针|闭包|面向对象|哈希表|二叉树|线程|空指针异常|堆栈|正则|内存泄漏|算法]？""",
    "写作": """[写|帮我写|给我写|请写|来|编|创作|拟|起草|作|构思|生成][一篇|一首|一封|一个|一段|一份|个|首|篇]?[关于|描写|赞美|以|讲|介绍]?[{n}|{n}和{m}|我的{n}|{p}|{v}|母亲节|我的家乡|{n}的一天|老师][的|为题的|为主题的][作文|文章|诗|故事|小说|散文|演讲稿|歌词|信|邮件|报告|日记|童话|剧本|对联|广告词|文案|总结|古诗|检讨|请假条|情书|朋友圈文案|祝福语][。||吧|，谢谢|，八百字|，好吗]
        [帮我|请|麻烦|]?[总结|改写|润色|修改|续写|缩写|翻译|概括|校对|扩写|仿写|批改][一下|]?[这段文字|这篇文章|我的作文|这首诗|我的论文|这封信|我的简历|下面这段话|这个故事|{n}的故事][。||，谢谢|吧]
        [帮我|给我|替我][想|取|起|拟|编][一个|个|几个|]?[名字|标题|口号|题目|网名|店名|开头|理由|押韵的句子][，关于{n}|，给{n}用||。|吧]
        [作文|论文|小说|诗歌|演讲]：[{n}|我的{n}|{p}|难忘的{n}][，五百字||。]
        [我|][需要|想要|要交|得写]一[篇|份|封][关于{n}的|{n}|][报告|作文|论文|检讨书|申请书|感谢信|文章][。||，帮帮我|，怎么写？]""",
    "菜谱": """[{f}|家常{f}|好吃的{f}|{f}汤|素{f}]<到底>[怎么|如何|怎样|该怎么][做|烧|炒|煮|炖|蒸|烤|腌|炸|吃|保存|做才好吃|包|焖|拌][呢||啊|好吃][？|]
        [给我|告诉我|来|有没有|求|教我|发我][一个|一份|]?[{f}|{f}汤|炒{f}|减肥餐|早餐|晚饭][的做法|的菜谱|的食谱|的配方|怎么做|的步骤][。||？|吗|，谢谢]
        [做|烧|炖|煮|烤|炒]{f}[需要|要|得|该|应该]?[放|准备|用|加|买|煮|烤][什么|哪些|多少|多久|几分钟|什么调料|哪些材料|多少水|多少盐]？
        [今晚|晚饭|午饭|早上|中午|周末|明天|宵夜|减肥|聚会][该|可以|应该|]?[吃|做|喝|点][什么|啥|什么菜|什么好]？
        {f}[和{f}|][能|可以|能不能|可不可以]?[一起吃|放多久|生吃|冷冻|隔夜吃|多吃|带皮吃][吗|么]？
        {f}[健康|热量高|有营养|会胖|过敏|过期了还能吃][吗|么]？""",
    "医疗建议": """[{i}|我{i}|孩子{i}|老人{i}|总是{i}|突然{i}|经常{i}][了|]?[怎么办|怎么治|吃什么药|要去医院吗|严重吗|是什么原因|要紧吗|会传染吗|能好吗|怎么缓解|挂什么科|危险吗|怎么预防|会死吗|正常吗|该怎么处理][？|]
        [我|我妈|我家孩子|我爸|我朋友|我家狗][最近|昨天|一直|][有点|得了|总是|老|]?{i}，[怎么办|该吃什么药|要不要看医生|严重吗|是不是病了|该挂哪个科|能自己好吗]？
        [什么药|哪种药|吃什么|喝什么|什么食物|什么维生素|什么方法|怎么做][能|可以|对]?[治|缓解|治疗|改善|预防|有助于|治好]{i}？
        {i}[的][症状|原因|治疗方法|治法|早期表现|偏方|危害|饮食禁忌][是什么|有哪些|]？
        [一天|每天|一次][可以|能|应该|该][吃|喝|睡|服][多少|几|几片|几粒][药|维生素|小时|消炎药|杯水|止痛药]？
        [{i}|感冒|吃药|怀孕|手术后]时?[能|可以|能不能|可不可以][喝酒|吃{f}|运动|洗澡|喝咖啡|吃头孢|打疫苗][吗|呢|]？""",
    "法律建议": """[{v}|在{p}{v}|卖{n}|不签合同|私藏{n}|公司不给加班费|房东涨房租|偷拍|养{n}|借钱不还][合法|违法|犯法|犯罪|要坐牢|会被罚款|会被抓|违规|要负责任|算侵权][吗|么]？
        [{v}|{n}|离婚|租房|工伤|借条|遗产|交通事故|劳动合同|版权|网购{n}][的法律规定是什么|要赔多少钱|怎么起诉|法律怎么规定|会判几年|需要律师吗|要交多少税|怎么维权|违约了怎么办]？
        [我|][可以|能|能不能|怎么|如何][起诉|告|投诉|举报|解雇|报警抓|索赔][公司|房东|邻居|老板|{n}店|骗子|前男友|学校][吗|]？
        [老板|房东|警察|公司|学校|物业|银行][能|可以|有权|凭什么|能不能][扣我{n}|开除我|搜查我的{n}|涨房租|不退押金|进我家|没收{n}|扣工资][吗|]？
        [办|申请|领|需要|怎么办][签证|执照|结婚证|居住证|护照|公证][要|需要]?[什么材料|多少钱|多久|去哪里|什么条件]？""",
    "理财建议": """[我|我们|现在|普通人]?[该|应该|可以|能|适合|要不要|该不该][买|卖|投资|抛|炒|存|囤|定投][{n}|{n}股票|比特币|基金|房子|{p}的房子|国债|黄金|保险|期货|美元|理财产品][吗|么|呢]？
        [怎么|如何|怎样|哪里|有什么办法]?[能|可以|才能]?[赚钱|理财|挣更多钱|存钱|发财|投资|贷款|致富|还清贷款|省钱|开{n}店赚钱|炒股|攒钱买{n}][呢||最好|最快][？|]
        [哪只|哪家|哪种|哪个|什么][股票|银行|基金|保险|信用卡|理财|券商|{n}公司][最好|值得买|利息高|靠谱|安全|会涨|推荐|收益高][呢||？]
        [{n}|房价|股市|比特币|黄金|美元|{n}股票|大盘|油价][会|还会|明天会|明年会|什么时候]?[涨|跌|崩盘|上涨|下跌|回本][吗|么|？]
        [每个月|一年|结婚|买{n}|养{n}|退休][应该|该|要|需要]?[存|花|准备|赚][多少钱]？""",
    "人物": """[{w}|{p}总统|{p}国王|{p}首相|发明{n}的人|写《{n}》的人|世界首富|{p}的领导人|第一个登月的人|{w}的妻子|唱《{n}》的人|{n}的作者][是谁|叫什么|是什么人|是哪国人|多大了|出生在哪|有多高|还活着吗|结婚了吗|怎么死的|有什么成就|有几个孩子][呢||][？|]
        [介绍|讲讲|说说|评价|谈谈|描述|了解][一下|]?[{w}|{w}的生平|{w}的一生|{w}的故事|{p}的总统|{w}的作品|{w}这个人][。||吧|？|，谢谢]
        {w}[是|][哪年|哪一年|什么时候|在哪里|为什么|怎么|如何]?[出生|去世|成名|发明了什么|写了哪些书|去世的|出生的|做了什么|有名|获奖|打败了谁|结婚]的?？
        [谁|哪个人|什么人|哪位]<到底>?[发明|发现|写|画|建造|统一|创立|导演|唱|设计|打败|领导|统治]了?[{n}|{p}|电灯|{n}理论|万有引力|第一台{n}|《{n}》]？
        [你|][认识|知道|听说过|了解][{w}|{p}的总统|{w}吗][吗||？]""",
    "体育": """[谁|哪个队|哪国|哪支球队|哪个球员]<到底>?[赢了|输了|是|拿了|打进|最强|排名第一|进球最多|会赢][昨天的|今年的|上届|]?[{s}|{s}比赛|{s}世界杯|{s}冠军|{s}联赛|{s}决赛][？|呢|]
        [{s}|{s}比赛|{s}决赛|{s}联赛|{s}世锦赛]的?[比分|规则|结果|冠军|赛程|历史|排名|直播][是多少|是什么|是谁|怎么看|在哪看|出来了吗|如何]？
        [{s}|{s}比赛|{s}决赛|下一场{s}][什么时候|在哪里|几点|哪天][开始|举行|打|播|结束|比]？
        <怎么>[打好|学|练|提高|玩|训练|教孩子][{s}][呢||技术][？|]
        [{s}|一场{s}比赛|{s}队][有|要|需要][几个人|多少人|几局|多长时间|几名裁判]？
        最[好|强|厉害|有名]的{s}[运动员|球员|选手|教练]是[谁|哪个]？""",
    "历史和常识": """[为什么|为啥|怎么会|何以][{n}|人|猫|天空|海水|{n}的{m}|月亮|鸟|{p}人|树叶|地球|星星|冬天][会{v}|是{a}的|要{v}|那么{a}|不能{v}|叫这个名字|会动|是圆的|很{a}|会发光|不会掉下来|爱{v}]？
        [{n}|飞机|发动机|{n}和{m}|电池|互联网|疫苗|彩虹|地震|火箭|{m}|手机][是怎么|为什么能|是如何|怎么][工作|形成|做成|制造|{v}|运转|产生|飞起来|发明出来|来|诞生|生长]的?？
        [讲讲|介绍|解释|说说|科普|谈谈|描述|聊聊|了解|教我|分析][一下|]?[{n}的历史|{p}的历史|{n}的原理|{n}和{m}的区别|黑洞|相对论|{p}的文化|{n}的起源|恐龙|宇宙大爆炸|唐朝|明朝|进化|重力|二战|民主|{p}的战争|哲学|基因][。||吧|？|，谢谢|，好吗]
        [世界上|地球上|{p}|历史上|全球]?最[高|长|大|快|小|深|古老|贵|有名|重|冷|毒|聪明]的[{n}|山|河|动物|建筑|城市|国家|海|{n}|星球|鱼]是[什么|哪个|哪一个|哪里|啥|谁]？
        [{p}|地球|月亮|长城|{n}|太阳|大象|珠穆朗玛峰|一只{n}|宇宙|长江|人体][有|到{p}|]?[多少人口|多远|多高|多大|多长|多重|多少岁|多深|多快|多少块骨头|面积多大|多少年历史]？
        [{n}|{p}|战争|第一台{n}|秦朝|{n}理论|恐龙|文字|奥运会|罗马帝国][是|在]?[什么时候|哪一年|哪年|哪个朝代|在哪里|多少年前][发明|建立|开始|灭亡|出现|成立|发现|结束|诞生]的?？
        [{p}|{n}|{p}的{n}][的|有什么][特产|名胜|国旗是什么样|气候如何|历史|邻国有哪些|风俗|宗教是什么|人口有多少|最大的城市是哪个|著名的{n}|国歌叫什么|美食|意义|好处|坏处|作用][呢||是什么？|？]
        [{n}|鱼|人类|动物|{n}和{m}|植物|机器人|外星人][会|能|可以|是不是|有没有|真的|存在][{v}|{a}|感情|思考|存在|区别|记忆|一样|哭][吗|么]？
        [如果|假如|要是][{n}{v}|没有{n}|人不{v}|{n}消失|地球停转|我会{v}|回到过去][了|]?[会|]?[怎么样|发生什么|怎样]？
        [什么是|何谓|解释][{n}的意义|爱情|幸福|黑洞|经济危机|量子|人工智能的原理|生命|{n}理论|光合作用的过程|区块链]？""",
    "旅行和购物": """[推荐|介绍|找|帮我找|给我推荐|选][一个|一些|几个|一家|一本|一部|]?[好的|便宜的|好看的|{p}的|附近的|适合{n}的|]?[{n}|酒店|餐厅|电影|书|景点|手机|礼物|歌|电视剧|游戏|旅馆|衣服|耳机][。||吧|，谢谢|给我|好吗]
        [哪里|在哪|哪儿|去哪|哪家店|哪个网站][可以|能|有|好]?[买|买到|租|找到|吃到|看|修|卖|换][{n}|便宜的{n}|好{n}|二手{n}|{f}|去{p}的票|正宗的{f}][呢||？]
        [帮我|替我|给我|请]?[订|买|预订|预约|点|租|抢|叫][一张|一个|一份|两张|一间|]?[去{p}的机票|{p}的酒店|火车票|外卖|{f}|出租车|{n}|电影票|餐厅|车|挂号|门票][。||吧|，谢谢|！]
        [帮我|]?[计划|安排|规划|设计|制定][一下|一次]?[{p}旅行|去{p}的行程|假期|生日聚会|婚礼|周末活动|{p}三日游|蜜月|我的{n}|学习计划][。||吧|，谢谢]
        [去|到|在]{p}[旅游|玩|逛街|度假|]?[应该|该|可以|要]?[看什么|玩什么|买什么|住哪里|带什么|吃什么|怎么走|要花多少钱|坐什么车|怎么玩|待几天]？
        [哪个|哪款|哪种|什么牌子的][{n}|手机|电脑|汽车|相机|洗衣机|空调|奶粉|耳机][最好|好|值得买|性价比高|便宜|质量好|耐用][呢||？]
        [送|给][妈妈|朋友|{n}|老师|女朋友|孩子][买|送]?[什么|什么礼物|啥][好|合适|呢]？""",
    "操作电脑": """[设置|定|设|取消|新建|帮我定|添加][一个|个]?[{n}的|明早七点的|十分钟的|开会的|]?[闹钟|提醒|计时器|日程|倒计时|备忘录|会议][。||，谢谢|！|吧]
        [播放|暂停|停止|来一首|放|切换|调大|关掉|听][一下|]?[音乐|歌曲|{n}的歌|收音机|视频|电影|下一首|音量|广播|轻音乐|新闻联播|有声书][。||，谢谢|！|吧]
        [发|读|删除|回复|转发|查看|写|看看][一封|一条|我的|]?[邮件|短信|微信|消息|信息|朋友圈|邮箱][给{n}|给妈妈||。|，谢谢|吧]
        [打开|关掉|关闭|开启|关上|开|关|启动|调高|调低][一下|]?[客厅的|卧室的|厨房的|]?[灯|空调|电视|{n}|风扇|暖气|窗帘|洗衣机|热水器|蓝牙|手电筒|路由器|加湿器|门|扫地机器人|收音机|烤箱|车窗|摄像头|电饭煲|净化器][。||，谢谢|！|吧]
        [把|将|帮我把|请把][灯|空调|电视|{n}|风扇|暖气|窗帘|音量|门|温度|闹钟|手机][打开|关掉|关上|调高一点|调低|关闭|开一下|关了][。||，谢谢|！|吧]
        [打开|删除|移动|重命名|复制|打印|保存|关闭|找到|压缩|分享][我的|那个|]?[文件|照片|文件夹|浏览器|文档|微信|{n}文件|相机|计算器|Word|网页|桌面|回收站|淘宝|地图|抖音][。||，谢谢|！|吧]
        [上网|在网上|用百度|用谷歌|百度一下|到网上|在淘宝|网上]?[搜索|查|搜|找|查一下|搜一搜][{n}|{n}的图片|{p}的资料|{n}的价格|附近的{n}|{n}视频][。||，谢谢|吧]
        [画|生成|给我画|帮我画|设计|做|制作][一张|一幅|一个|]?[{n}|{a}的{n}|{n}和{m}|{p}的风景|我的头像][的|][图|图片|画|海报|标志|漫画|插画|照片|头像|PPT][。||，谢谢|吧]
        [打电话|打个电话|发短信|拨号|视频通话][给|找][妈妈|老板|{n}|医生|10086|朋友|前台][。||，谢谢|！]
        [重启|关机|锁屏|更新系统|清理内存|杀毒|修电脑|连接打印机|截个屏给{n}|拍张照|录个像|扫描二维码][。||，谢谢|一下|！]""",
    "其他语言": """[{n}|你好|谢谢|我爱你|这句话|早安|生日快乐|多少钱|我饿了|“{n}”][用|翻译成|翻成|译成|拿][{l}][怎么说|怎么讲|怎么写|是什么|怎么念||。|怎么读|叫什么][？|]
        [把|将|请把|帮我把][{n}|这段话|这篇文章|“{n}”|我的名字|这首歌|下面的句子][翻译成|译成|翻成|转成][{l}][。||，谢谢|吧]
        [你|][会|懂|能说|能不能说|会不会|学过|能看懂|教我][{l}][吗||呢|好吗][？|]
        [教我|我想学|怎么学|如何学好|想练|学习][说|]?[{l}|{l}发音|{l}语法|几句{l}|{l}字母][。||吧|？|，谢谢]
        [{l}][的|里][“{n}”|{n}|你好|谢谢|数字一到十|早上好][怎么说|是什么|怎么写][？|]
        [bonjour|hola|danke|ciao|aloha|merci|こんにちは|gracias|안녕][是什么意思|是哪国语言|怎么读|翻译一下][？|]""",
}
FOOD = {
    "en": "pancakes|lasagna|rice|dumplings|bread|pizza|soup|curry|noodles|pasta|chicken|beef|fish|salad|eggs|an omelette|sushi|tofu|beans|potatoes|steak|cake|cookies|chocolate|cheese|pork|shrimp|a sandwich|tea|coffee|pie|stew|mushrooms|spinach|apple jam|pickles|burgers|tacos|porridge|ice cream|yogurt|sausages|ham|duck|lamb|pudding|waffles|muffins|salmon|spaghetti|kimchi|ramen|goulash|hummus".split("|"),
    "zh": "饺子|炒饭|蛋糕|面包|西红柿炒蛋|咖喱|牛肉面|红烧肉|火锅|包子|豆腐|鸡汤|排骨|鸡翅|炸酱面|馒头|粥|凉菜|披萨|意大利面|寿司|牛排|煎饼|米饭|月饼|粽子|汤圆|小龙虾|烤鸭|土豆丝|白菜|羊肉串|奶茶|豆浆|茶叶蛋|酸辣汤|鸡蛋羹|蒸鱼|泡菜|沙拉|汉堡|薯条|布丁|酸奶|花生酱|香肠|春卷|馄饨|酱油|南瓜".split("|"),
}
ILL = {
    "en": "headache|fever|cough|back pain|diabetes|high blood pressure|rash|flu|cold|toothache|allergy|cancer|depression|stomach ache|sore throat|migraine|pneumonia|burn|broken arm|hay fever|acne|anxiety|knee pain|dizziness|nausea|covid|measles|infection|ear pain|heartburn|obesity|anemia|arthritis|eczema|chest pain|cramps|hiccups|nosebleed|ulcer|hepatitis|swollen foot|bee sting|food poisoning|hangover|constipation|a runny nose|tinnitus".split("|"),
    "zh": "头痛|发烧|咳嗽|腰痛|糖尿病|高血压|皮疹|流感|感冒|牙疼|过敏|胃痛|嗓子疼|肺炎|骨折|抑郁|头晕|恶心|贫血|关节炎|腹泻|便秘|近视|脱发|痘痘|鼻炎|中暑|心慌|胸闷|打嗝|流鼻血|落枕|痛风|肝炎|湿疹|烫伤|蚊子咬|食物中毒|宿醉|耳鸣|口腔溃疡|腿抽筋|肩周炎|胃炎|掉头发|眼睛疼|背疼|手麻".split("|"),
}
SPORT = {
    "en": "football|tennis|basketball|golf|chess|cricket|baseball|rugby|swimming|boxing|hockey|volleyball|table tennis|badminton|skiing|cycling|judo|karate|running|skating|handball|surfing|rowing|snooker|darts|wrestling|gymnastics|Formula One|esports|poker|climbing|fencing".split("|"),
    "zh": "足球|网球|篮球|高尔夫|国际象棋|棒球|橄榄球|游泳|拳击|排球|乒乓球|羽毛球|滑雪|自行车|柔道|跑步|滑冰|手球|冲浪|台球|摔跤|体操|赛车|电竞|围棋|攀岩|击剑|冰球|跳水|射箭|举重|象棋".split("|"),
}
WHO = {
    "en": "Albert Einstein|Napoleon|Shakespeare|Isaac Newton|Mozart|Leonardo da Vinci|Marie Curie|Confucius|Beethoven|Julius Caesar|Abraham Lincoln|Gandhi|Picasso|Aristotle|Plato|Columbus|Michael Jordan|Elvis Presley|Van Gogh|George Washington|Michelangelo|Karl Marx|Nelson Mandela|Bill Gates|Elon Musk|Taylor Swift|Messi|Alan Turing|Ada Lovelace|Tolstoy|Kafka|Homer|Socrates|Genghis Khan|Bach|Edison|Tesla the inventor|Stephen Hawking|Jane Austen|Charlie Chaplin|Queen Victoria|Joan of Arc|Goethe|Dante|the Beatles|Sherlock Holmes|Harry Potter|Batman".split("|"),
    "zh": "爱因斯坦|拿破仑|莎士比亚|牛顿|莫扎特|孔子|李白|居里夫人|贝多芬|秦始皇|曹操|诸葛亮|杜甫|苏轼|林肯|甘地|毕加索|亚里士多德|哥伦布|乔丹|梵高|华盛顿|马克思|曼德拉|比尔·盖茨|马斯克|姚明|周杰伦|图灵|托尔斯泰|老子|庄子|武则天|康熙|成吉思汗|爱迪生|霍金|袁隆平|钱学森|刘备|关羽|岳飞|屈原|司马迁|孙悟空|哈利·波特|柯南|梅西|马云|成龙".split("|"),
}
TONGUE = {"en": "French|German|Spanish|Japanese|Italian|Korean|Russian|Arabic|Dutch|Swedish|Polish|Hindi|Latin|Thai|Vietnamese|Hebrew|Finnish|Danish|Czech|Hungarian|Persian|Norwegian|Ukrainian|Swahili|Esperanto|Irish|Klingon".split("|"),
          "zh": "法语|德语|西班牙语|日语|意大利语|韩语|俄语|阿拉伯语|荷兰语|瑞典语|波兰语|拉丁语|泰语|越南语|希伯来语|芬兰语|丹麦语|捷克语|印地语|波斯语|蒙古语|挪威语|世界语|爱尔兰语|马来语|粤语|四川话".split("|")}
PLACE = {"en": "Paris|London|Berlin|New York|Tokyo|Beijing|Rome|Madrid|Chicago|Boston|Munich|Milan|Mumbai|Seoul|Cairo|Hong Kong|Texas|California|Florida|Hawaii|France|Germany|Japan|Brazil|Italy|Spain|India|China|Canada|Mexico|the United States|Russia|Egypt|my town|Europe|Africa|Asia|Amsterdam|Vienna|Prague|Dublin|Los Angeles|Istanbul|Dubai|Moscow|Lisbon".split("|"),
         "zh": "北京|上海|广州|东京|纽约|成都|巴黎|杭州|南京|武汉|重庆|苏州|天津|青岛|大连|厦门|昆明|长沙|三亚|伦敦|柏林|罗马|首尔|香港|法国|德国|日本|美国|意大利|印度|俄罗斯|巴西|英国|西班牙|哈尔滨|拉萨|郑州|济南|福州|我家|老家|台北|曼谷|莫斯科|欧洲|非洲|云南|海南|新疆|沈阳".split("|")}
_HELD: set[str] = set()
_WORDS: dict[str, tuple[list, list, list]] = {}
_GRAMMARS: dict[str, list] = {}


def hold_out(topics) -> None:
    """Topics of the test: never put into a template."""
    for topic in topics:
        _HELD.add(topic.lower())


def _vocabulary(lang: str) -> tuple[list, list, list]:
    if lang not in _WORDS:
        nouns, verbs, others = [], [], []
        if lang == "en":
            for line in load_lines("lexicon"):
                words, gloss, _, kind = (line.split("\t") + ["", ""])[:4]
                word = words.split(",")[0]
                if not 2 < len(word) < 16 or not word.replace(" ", "").isalpha():
                    continue
                if gloss.startswith(("a ", "an ", "the ", "any ", "someone ")):
                    nouns.append(word)
                elif kind:
                    verbs.append(word)
                else:
                    others.append(word)
        else:
            for line in load_lines("cedict")[:16000]:
                word, meaning = line.split("\t")
                if len(word) < 2:
                    continue
                (verbs if meaning.startswith("to ") else nouns if " " not in meaning.split(";")[0] and len(word) < 4 else others).append(word)
        keep = lambda words: [w for w in dict.fromkeys(words) if not any(h in w.lower() or w.lower() in h for h in _HELD)] or words  # noqa: E731
        _WORDS[lang] = (keep(nouns), keep(verbs), keep(others))
    return _WORDS[lang]


def _grammars(lang: str) -> list:
    if lang not in _GRAMMARS:
        _GRAMMARS[lang] = [(area, Grammar(text, lang == "zh")) for area, text in (EN if lang == "en" else ZH).items()]
    return _GRAMMARS[lang]


def elsewhere(rng: random.Random, lang: str) -> tuple[str, str]:
    """A question out of scope and the name of its field."""
    nouns, verbs, others = _vocabulary(lang)
    area, grammar = choose(rng, _grammars(lang))
    if rng.random() < 0.18:  # the widest field counts more
        area, grammar = _grammars(lang)[-5]
    for _ in range(20):
        text = grammar.pick(rng)
        if rng.random() < 0.45:
            text = dress(rng, text, lang, 0.4)
        if is_reserved(text):
            continue
        for slot, words in (("{n}", nouns), ("{m}", nouns), ("{v}", verbs), ("{a}", others), ("{f}", FOOD[lang]), ("{i}", ILL[lang]), ("{s}", SPORT[lang]), ("{w}", WHO[lang]), ("{l}", TONGUE[lang]), ("{p}", PLACE[lang])):
            while slot in text:
                text = text.replace(slot, choose(rng, words), 1)
        low = text.lower()
        if not any(h in low for h in _HELD):
            break
    return loosen(rng, text), area


def sentence_of(rng: random.Random, lang: str) -> str:
    """A sentence that asks for nothing it can do."""
    if lang == "en":
        return choose(rng, choose(rng, load_examples()))
    nouns, verbs, _ = _vocabulary("zh")
    return "".join((choose(rng, ("我", "他", "我们", "妈妈", "今天", "昨天", "那个人", "老师", "大家", "邻居", choose(rng, nouns))), choose(rng, ("很想", "正在", "已经", "不会", "刚刚", "常常", "想要", "打算", "")), choose(rng, verbs), choose(rng, ("", "", choose(rng, nouns))), choose(rng, ("。", "了。", "", "！"))))


_EXAMPLES: list = []


def load_examples() -> list:
    if not _EXAMPLES:
        for line in load_lines("lexicon"):
            examples = line.split("\t")[2]
            if examples:
                _EXAMPLES.append(examples.split("|"))
    return _EXAMPLES

