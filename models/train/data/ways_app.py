"""More ways to ask about the app, to chat and to ask for what is out of scope; for training alone. See grammar.py."""

from __future__ import annotations

from .about import TOPICS
from .grammar import Grammar
from .smalltalk import KINDS


def topic(name: str, en: str, zh: str) -> None:
    entry = TOPICS[name]
    entry[0].more, entry[2].more = Grammar(en), Grammar(zh, True)
    for patterns in (entry[0], entry[2]):
        patterns.share, patterns.noise, patterns.dressed = 0.8, 0.6, 0.5


topic(
    "identity",
    """[who|what] [exactly |really |actually |] [are|r] you[?||, really?| anyway?| then?| please]
    [who|what] is [Nano|this|behind this chat|answering me|writing here|on the other side|talking to me|this assistant|the one I talk to][?|]
    <whatis> your [real |full |own |][name|title|identity][?||.| by the way?]
    <tell> [who you are|your name|what you are|what you're called|who I am dealing with|who is answering|what model you are|what kind of thing you are|your identity][?||.]
    [introduce|describe|present|identify] yourself[.||!|, please| to me| briefly| in one sentence]
    [say|tell us|tell me] [a few words|something|a little|more] about [yourself|who you are][.||, please]
    [are|aren't|r] you [a real person|some human|a machine|a bot|a chatbot|a program|software|artificial intelligence|alive|from OpenAI|from Google|Siri|Alexa|Llama|Qwen|DeepSeek|ChatGLM|Gemini|made by Apple|a language model|an assistant|Nano|AutoGLM|conscious|based on GPT][?|]
    [which|what] [language model|LLM|neural network|AI model|AI system|version|bot] [are you|is this|runs here|am I using|answers me|is behind this|is working here|powers this chat][?|]
    [which|what] [model|AI|LLM|neural network|language model|AI model|engine] [do you use|do you run|do you run on|are you based on|are you built on|is used here|is running|does this app use|does this app run|do you work with|is inside you|is loaded|answers here][?||, please?| right now?]
    [who|which team|which people|what company] [developed|programmed|designed|coded|wrote|produced|invented|is your maker|is your creator|is behind you|owns you][ you|][?|]
    [where|how] [do you come from|were you made|were you trained|were you born|did you come into being][?|]
    [what|how] [should|may|can|do] I [call|address|name] you[?| by?]
    [with whom|to whom] am I [speaking|talking|chatting|writing][?|]
    [your name|name|your identity|self introduction|introduction|about you][?||, please]
    [whats|what is|what's] [this model called|the name of this model|the model's name|the model here|the name of the bot][?|]
    [do|does] [you|this model] have a [name|nickname|personality][?|]""",
    """你<到底>是[谁|什么|什么东西|啥|哪位|何方神圣|什么人|什么来头|什么模型|哪个AI|什么AI|人还是机器][呢||啊|呀][？||。]
    你<到底>?[叫|名叫|的名字是|的名字叫|名字叫|姓甚名谁|的大名是][什么|啥|什么名字|]?[呢||啊][？||。]
    [你|这里|这个应用|这个软件|现在|当前]用的[是|][什么|哪个|哪种|哪一个][模型|大模型|AI|语言模型|人工智能模型][呢||啊][？||。]
    你[运行的是|背后是|基于|内置的是|里面装的是][什么|哪个|哪种][模型|大模型|AI模型|语言模型][？||。|的]
    <问>你[是谁|叫什么|的名字|是什么模型|是什么|的身份|叫啥名字|是哪家的模型][？||。|吗]
    [请|麻烦|]?[介绍|自我介绍|说明|讲讲|描述|谈谈|说说][一下|]?[你自己|你是谁|你的身份|你的来历|自己][。||吧|，谢谢|好吗？]
    [先|请|麻烦你|]?[自我介绍|做下自我介绍|自我介绍一下|报上名来|介绍下自己][。||吧|，好吗？]
    [我|现在我|我们][正在|在|是在][跟|和|同|与][谁|哪个模型|什么东西|什么AI|哪位][说话|聊天|对话|讲话|交流|打字]？
    [跟我|和我|在|正在]?[聊天|对话|说话|回答我|回答]的[是|]?[谁|什么模型|哪个AI|什么东西|哪位]？
    你[是|是不是|难道是|该不会是|真的是][真的人|真人|一个人|AI|人工智能助手|程序|软件|聊天机器人|通义千问|文心一言|DeepSeek|Siri|小爱同学|语言模型|大语言模型|ChatGLM|Llama|活的|Nano|AutoGLM|GPT-4|谷歌的|苹果做的][吗|]？
    [谁|哪家公司|哪个公司|哪个团队|什么人|哪个机构][开发|训练|创造|制作|做|设计|发明|编写|造][了|出了|的]你[的|]？
    你[来自|从]哪[里|儿][来|]？
    [该|应该|我要|我能|可以]?[怎么|如何|怎样]?[叫|称呼|喊]你[好|呢|]？
    [这个|这|现在的|当前]?[模型|助手|机器人|AI]<到底>[是|叫|名字是][什么|谁|什么名字|啥|哪个][？|]
    [你的名字|名字|身份|自我介绍|你是|你的身份][？||呢]
    [当前|现在|这里]?[用|使用|运行]的是[什么|哪个|哪种]?模型[？|]""",
)
topic(
    "skills",
    """[what|which things|what kind of things|what all|which jobs|what stuff] [can|could|are] you [do|help with|able to do|help me do|solve|answer|handle|capable of|useful for|offer|manage|support][ for me| for us||?| exactly?| here?]
    <tell> [what you can do|your skills|your abilities|what you are good at|how you can help|what you are able to do|what you can help with|your talents|your features][?||.]
    [how|in what way|with what] [can|could|would|will] you [help|assist|support|be useful to|serve] [me|us|people|][?| today?| here?]
    [what|which] [topics|subjects|areas|fields|kinds of questions|skills|functions|capabilities|talents|features] [do you have|do you cover|can you handle|do you know about|are you good at|are yours|do you support|do you master][?|]
    [what|which] [questions|tasks|problems|things|requests] [should|may|could|can] I [ask|give|bring|send|throw at|put to] you[?|]
    [give|show|list|write] [me |][examples|a list|an overview] of [what you can do|your skills|things you can do|what I can ask|questions I can ask][.||?]
    [what|whats] [is your purpose|are you for|is your job|is your use|were you made for|were you built for|is your specialty|is your strength][?|]
    [how|why|when] [should|can|would] I use [you|Nano|this model][?|]
    [your |][skills|abilities|capabilities|functions][?||, please]
    [I need|I could use|I want|I'd like|may I have|can I get|give me] [help|some help|a hand|assistance|your help|a little help][.|!|, please||?]
    [what|so what] [do you know|do you understand|is in your head|do you know about][?|]
    [can you|are you able to] [help me|help|be of help|do something for me|do anything][?|]""",
    """你<到底>[能|会|可以|能够][做|干|帮我做|帮我干|为我做|帮忙做|提供|解决|处理|完成][什么|啥|哪些事|些什么|哪些事情|什么事情|什么工作][呢||啊|呀][？||。]
    你<到底>[有|具备|拥有][什么|哪些|啥][功能|能力|本事|技能|用处|特长|作用|用途|特点|长处|优点][呢||啊][？||。]
    <问>你[能做什么|会什么|有什么功能|能帮我什么|擅长什么|的功能|的能力|会些什么|有哪些本事][？||。|吗]
    你[能|可以|会|能够][怎么|如何|怎样]?[帮|帮助|协助][我|我们|到我|人][呢|什么|做什么|解决什么|]？
    你<到底>[擅长|精通|拿手|懂得|会|最会|能懂][什么|啥|哪些|哪方面|做什么|哪些东西|哪些方面][呢||][？|]
    [我|我们|大家][可以|能|应该|该][问|让|请|叫|找|拜托][你][什么|做什么|哪些问题|干什么|哪些事|些什么|什么问题]？
    [什么|哪些|哪类|哪种][问题|任务|事|东西|题目][你|][能|可以|会][回答|做|解决|处理|问|交给你]？
    [列|列出|说|举|讲|介绍|展示|给出][一下|几个|]?你[的功能|会的|能做的事|的本领|能回答的问题|的技能|会做的事情][。||吧|，谢谢]
    你[有什么用|有啥用|的用途是什么|的作用是什么|是做什么的|是干什么用的|是干嘛的|能派上什么用场][？||。]
    [功能|能力|技能|本领|你的功能|功能介绍|使用范围][？||有哪些|介绍]
    [我|][需要|想要|要|求][帮助|帮忙|协助|一点帮助|你的帮助][。||！|，可以吗]
    [救命|帮帮忙|帮个忙|help|需要帮助|给点帮助][！||。|吧]
    你[知道|懂|了解][什么|哪些知识|哪些东西|些啥|什么知识][？|呢]""",
)
topic(
    "app",
    """[what|what exactly] is [this|AutoGLM Desktop|this app|this program|this thing|the program I opened|this window|this desktop app|AutoGLM][?||, exactly?| about?| all about?| supposed to be?]
    <tell> [what this app is|what AutoGLM Desktop is|what this program does|about the app|what this software is for|about AutoGLM|the purpose of this app|what the app can do|the features of the app|how the app works][?||.]
    [describe|present|introduce|explain|outline|sum up] [AutoGLM|the app|this software|this application|AutoGLM Desktop|the program][.|| to me| please| in a sentence| briefly]
    [what|which] [features|functions|options|capabilities|things] [does|has|are in|are there in|do I find in|come with] [this app|AutoGLM|the program|AutoGLM Desktop|this software][ have| offer| contain|][?|]
    [what|which] [is|are] [the purpose|the point|the use|the goal|the function|the idea|the main features] of [this app|AutoGLM|AutoGLM Desktop|this program|the software][?|]
    [what|how] [can|could|do|should] [I|you|one|we|people] [do|use|achieve|make] [with|in|of] [this app|AutoGLM|AutoGLM Desktop|this software|the program][?|]
    [what|why] [is|was] [this app|AutoGLM|AutoGLM Desktop] [good for|made for|made|built for|useful for|there for|about][?|]
    [I just|we just|I have just] [installed|opened|started|downloaded|launched] [this|it|AutoGLM|the app|this program][. What is it|, what does it do|. What can it do|, what is it for|, what now]?
    [AutoGLM|AutoGLM Desktop|this app|the app][: |, ][what is it|what does it do|overview|description|introduction|features][?||.]
    [about|info about|information on|overview of|guide to] [this app|AutoGLM|AutoGLM Desktop|the program][?||.]
    [how|why] [do|does|would|should] [I use|people use|one use|this app|AutoGLM] [this app|AutoGLM Desktop|work|AutoGLM|function][?|]""",
    """[这|这个应用|这个软件|AutoGLM|AutoGLM Desktop|这个程序|这款软件|这个桌面应用|本应用|这东西|这个窗口|我打开的这个软件]<到底>[是什么|是啥|是什么东西|是做什么用的|是干嘛的|是干什么用的|有什么作用|能做哪些事|有哪些用处|是个什么软件|能干什么|有啥用|是什么应用|的用途是什么|的作用是什么][呢||啊|呀][？||。]
    <问>[这个应用|这个软件|AutoGLM|AutoGLM Desktop|这个程序|本软件][是什么|是做什么的|有什么功能|能做什么|怎么用|的用途|是干什么用的][？||。|吗]
    [请|麻烦|]?[介绍|讲讲|说明|描述|解释|说说|谈谈|概述][一下|下|]?[这个应用|这个软件|AutoGLM|AutoGLM Desktop|这款软件|本应用|这个程序][。||吧|，谢谢|好吗？|的功能]
    [这个应用|这个软件|AutoGLM|AutoGLM Desktop|这款软件|本应用|这个程序][有|具有|提供|包含|具备][什么|哪些|啥][功能|特点|能力|用处|特色|作用|模块][呢||][？|]
    [用|使用|通过|靠][这个应用|这个软件|AutoGLM|AutoGLM Desktop|这款软件][我|]?[能|可以|能够][做|干|实现|完成][什么|哪些事|啥|些什么]？
    [我|]?[刚|刚刚|第一次][装|安装|下载|打开|用][了|]?[这个软件|这个应用|AutoGLM]，[它|这|][是什么|能做什么|是干嘛的|怎么用|有什么用]？
    [软件介绍|应用介绍|关于本应用|AutoGLM 介绍|这个软件的说明|功能介绍：这个应用|关于这个软件][？||。]
    [这个应用|这个软件|AutoGLM|本软件]的[原理|工作方式|功能|介绍|简介|用法|目的][是什么|是|][？|]""",
)
CHAT = "[chat|conversation|dialog|thread|session|talk|discussion]"
topic(
    "new_chat",
    f"""<howdo> [start|open|create|begin|make|add|launch|get|set up] [a|another|one more|a brand new|an empty|a fresh|a separate|a second] [new |]{CHAT}[?||.| here?| in the app?| please]
    <howdo> [start over|start fresh|begin again|start from scratch|clear this and start new|begin from zero|have a clean slate|leave this chat and start another|talk about something else in a new chat][?||.]
    [what|which] [shortcut|key|keys|key combination|button|hotkey|menu] [is for|opens|starts|creates|makes|begins|gives me|do I press for|do I use for|do I click for] a [new|fresh] {CHAT}[?|]
    <wherefind> [the button for a new chat|the new chat button|the new conversation button|a new chat|a new conversation|the way to start a new chat][?||.]
    [new|fresh|another|empty] {CHAT}[, please||!|?|, how?|: how?| shortcut?| button?]
    [open|start|create|begin|make|give me] [a new|another|a fresh|an empty] {CHAT}[.||!| please| for me| now]
    [let's|let us|can we|could we] [start|open|begin|have] a [new|fresh] {CHAT}[.||?]
    [is there|do you have|does it have] [a shortcut|a key|a button|a way] [for|to start|to open|to create] a new {CHAT}[?|]""",
    """<怎么>[新建|开始|打开|创建|开|开启|新开|建立|建|发起|另开|再开][一个|个|一段|]?[新的|新|全新的|另一个|空白的|][对话|会话|聊天|聊天窗口|话题][呢||啊|吗][？||。]
    [新建|新的|开新|创建|新开][对话|会话|聊天|聊天窗口]的?[快捷键|按钮|键|方法|步骤|入口|热键][是什么|在哪|是哪个|在哪里|是啥|怎么按|][？|呢]
    [哪个|什么|按什么|按哪个|用哪个|点哪里|点哪个][键|快捷键|按钮|][可以|能|是|会]?[新建|打开|开始|创建|开][新|一个新|][对话|会话|聊天]？
    <怎么>[重新开始|从头开始|重开一个|重新来过|换个话题重新聊|清空重新聊|另起一个对话|从零开始聊|开一个干净的对话][呢||][？|。]
    [开|新建|打开|来|开始|建]一?个新?的?[对话|会话|聊天][吧|。||！|，谢谢|，怎么做？]
    [新对话|新会话|新聊天|新的聊天][在哪|在哪里|怎么开|按钮在哪|怎么建|快捷键|按什么键][？|呢]
    [我|]?不想在这[里|个对话]聊了，[怎么|如何][换|开][个|一个]新的[对话|聊天]？
    <问>[怎么|如何][新建|打开|开始][新的|]?[对话|聊天|会话][？|]""",
)
topic(
    "palette",
    """<whatis> [the |this ][command palette|palette|command menu|command list|quick search|search palette][ for| good for|][?|]
    <howdo> [open|show|use|bring up|launch|call up|get|reach|pull up|activate] the [command palette|palette|command menu|command list|quick search][?||.]
    <howdo> [search|find|look for|look up|locate|get back|go back to|open|jump to|filter|search through] [my |an |the |some ][older |old |previous |earlier |past |last week's |][conversation|conversations|chats|chat history|messages|history|talk from yesterday|dialogs][?||.| again?]
    <howdo> [search|find|look for|run|execute|list|see] [commands|an action|a command|actions|all commands|a function of the app|any command][?||.]
    [what|which] [shortcut|key|keys|key combination|hotkey] [opens|shows|is for|brings up|starts|calls|do I press for] [the command palette|the palette|the search|searching|finding a chat][?|]
    [what|which thing] [happens when I press|is|does|opens with|do I get with] [Ctrl+K|Ctrl K|Cmd+K|control k|command k][ do| open||?]
    [where|how] [did my old chat go|is my earlier chat|are my old conversations|is the search|is search|do I search|can I search][?|]
    [search|find|look up] [chats|my chats|conversations|commands|old messages|the history][?||.| how?]
    [command palette|palette|Ctrl+K|chat search|search conversations][?||, please|: how?]
    [is there|do you have|does the app have] [a search|a search function|a command menu|a palette|a way to find old chats][?|]""",
    """[命令面板|命令菜单|快速搜索|命令栏|搜索面板|Ctrl+K|Ctrl K|Cmd+K]<到底>[是什么|是啥|有什么用|怎么用|是干嘛的|干什么用|怎么打开|怎么调出来|在哪里|能做什么|的作用是什么|在哪|怎么呼出][呢||啊][？||。]
    <怎么>[打开|使用|调出|呼出|唤出|进入|找到|弹出|启动][命令面板|命令菜单|快速搜索|面板|搜索框][呢||][？||。]
    <怎么>[搜索|查找|找到|找回|搜|翻出|检索|找|查|查看|回到][以前的|过去的|历史|之前的|很久以前的|昨天的|某个|旧|我的|老的|][对话|聊天|聊天记录|会话|消息|历史记录|对话记录][呢||吗][？||。]
    <怎么>[搜索|查找|找|运行|执行|查看|输入][命令|某个命令|功能|操作|动作|所有命令][呢||][？|]
    [哪个|什么|按什么|按哪个|用哪个][键|快捷键|组合键][打开|呼出|调出|可以打开|能打开|可以搜索|能搜][命令面板|面板|搜索|对话|聊天记录]？
    [以前|之前|过去|昨天|上次]的?[对话|聊天|会话|聊天记录][去哪了|在哪找|怎么找|怎么找回来|在哪里|怎么查看|怎么搜]？
    [按|按下|按了]?[Ctrl+K|Ctrl 加 K|Cmd+K|ctrl k][会|能|可以|有|是][怎么样|做什么|什么作用|干什么|什么用|什么效果]？
    [有|有没有|支持][搜索功能|命令面板|搜索对话的功能|查找聊天的办法|搜索框][吗|]？
    [搜索|查找|搜|找][对话|聊天记录|命令|历史][？||怎么弄|在哪]""",
)
SET_EN = "[dark mode|the dark theme|night mode|light mode|the light theme|a darker look|the interface language|the app's language|the language of the app|the font size|the text size|the theme|the appearance|the colors|the look|the color scheme|Chinese as the app language|an English interface]"
topic(
    "settings",
    f"""<howdo> [open|find|reach|get to|see|access|enter|go to|show|bring up] [the |my |][settings|preferences|options|configuration|settings page|settings menu|preferences window][?||.]
    <howdo> [change|switch|set|adjust|modify|choose|pick|select|customize|configure|edit|alter] [the |][theme|language|appearance|interface language|font size|text size|colors|settings|look|app language|preferences|options|color scheme|design][?||.| of the app?]
    <howdo> [turn on|use|switch on|enable|activate|get|have|set|switch to|go to|change to] [dark mode|the dark theme|night mode|light mode|a dark background|the light theme|a Chinese interface|an English interface|the dark look|a bigger font][?||.]
    [turn on|switch on|enable|activate|set|use|give me|switch to|turn off|disable] [dark mode|the dark theme|night mode|light mode|the light theme][.|!|| please]
    [make|turn] [the app|the window|the screen|everything|it|the interface] [dark|darker|bright|light|Chinese|English|bigger|black][.|?|| please]
    <wherefind> [the settings|the preferences|the options|the configuration|the language setting|the theme setting|the dark mode switch|the appearance options|the settings page|the option for the language][?||.]
    [what|which] [shortcut|key|keys|key combination|hotkey] [opens|shows|is for|brings up|leads to|do I press for] [the settings|settings|preferences|the options|the configuration][?|]
    [is there|do you have|does this app have|does it have|does it support] [a dark mode|dark mode|a dark theme|a settings page|settings|night mode|a light theme|other themes|other languages for the interface|options][?|]
    [settings|preferences|options|dark mode|theme|interface language|appearance][?||, please|: where?| where?| how?]
    [the screen|it|the app|this] is too [bright|dark|white|small][, can I change it|. How do I change that|, what can I do|. Can it be changed]?
    [my eyes hurt|I prefer dark|I don't like white], [can I switch to dark mode|is there a dark theme|how do I get a dark theme]?""",
    """<怎么>[打开|进入|找到|进|查看|调出|去][设置|偏好设置|选项|设置页面|设置界面|配置|首选项][呢||啊|吗][？||。]
    <怎么>[更改|切换|修改|换|改|调整|设置|调|选择|改变|自定义][主题|语言|界面语言|外观|字体大小|字体|颜色|软件语言|应用语言|界面|配色|背景颜色|显示语言|设置][呢||啊][？||。]
    <怎么>[打开|切换到|使用|开启|启用|换成|改成|用|变成|进入|关闭|关掉][深色模式|深色主题|浅色模式|夜间模式|黑暗模式|暗色主题|黑色背景|浅色主题|暗黑模式|英文界面|中文界面|大字体][呢||][？||。]
    [打开|开启|切换到|换成|启用|用|切到|关闭][深色模式|夜间模式|浅色主题|暗色模式|黑暗模式|深色主题|英文界面][。||吧|，谢谢|！]
    [设置|偏好设置|选项|配置|首选项|语言设置|主题设置|外观设置|深色模式|夜间模式|界面语言]<到底>?[在|]?[哪里|哪儿|哪|什么地方|什么位置|哪里改|哪里设置|哪里打开|怎么开|怎么弄][呢||][？|]
    [哪个|什么|按什么|按哪个|用哪个][键|快捷键|组合键][可以|能]?[打开|呼出|进入|是打开][设置|偏好设置|选项]？
    [有|有没有|支持|支不支持][深色模式|夜间模式|设置页面|深色主题|别的主题|暗色主题|英文界面|黑暗模式][吗|]？
    [屏幕|界面|页面|窗口|软件|字][太亮|太暗|太白|太小|太刺眼]了，[能调吗|怎么调|可以改吗|怎么改|怎么办]？
    [我|]?[想|要|想要|需要]?把?[界面|软件|应用|页面]?[变成|换成|改成|调成|改为][深色|黑色|暗色|英文|中文|浅色|大字][的||怎么弄|，怎么办|可以吗][？|]
    [设置|偏好设置|深色模式|主题|界面语言|换肤][？||在哪里|怎么弄]""",
)
PIC_EN = "[an image|a picture|a photo|a screenshot|an image file|my photo|a photograph|a drawing|some pictures|images|photos|a png|a jpg|a scan]"
topic(
    "image",
    f"""<howdo> [send|add|attach|upload|share|insert|paste|drop|put|include|give you|show you|drag|input|import|load] {PIC_EN}[?||.| here?| in the chat?| to you?| into the message?| to the conversation?]
    [can|could|do|are] you [see|look at|understand|read|recognize|analyze|describe|process|view|interpret|handle|able to see|accept|open|take] [my |]{PIC_EN}[?|]
    [does|can|will] <app> [support|handle|accept|understand|process|take|read|work with|allow] [images|pictures|photos|image input|picture uploads|screenshots|vision][?|]
    [is it possible|is there a way|am I able|are we allowed] to [send|add|attach|upload|share|show|paste|give] [you |]{PIC_EN}[?|]
    <wherefind> [the attach button|the attachment button|the upload button|the image button|the button for pictures|the place to drop images|the way to add a photo][?||.]
    [I have|here is|I took|I got|there is] {PIC_EN}[. How do I send it|, can you look at it|. How do I show it to you|, where do I put it|, how do I attach it]?
    [does|can] [drag and drop|dragging images|pasting images|copy and paste of pictures] work[?| here?]
    [image|picture|photo|screenshot] [upload|input|support|attachment][?||, how?|: how?]
    [look at|describe|check|see] [this|my] [picture|photo|image|screenshot][.|?|| please]""",
    """<怎么>[发送|添加|上传|发|插入|粘贴|拖入|附上|传|放|给你看|分享|导入|贴|输入|给你发][一张|几张|]?[图片|照片|截图|图像|相片|图|我的照片|屏幕截图|画][呢||啊|吗|给你][？||。]
    你[能|可以|会|能不能|可不可以|能够|是否能|支持]<到底>?[看|看见|看到|看懂|识别|理解|分析|处理|描述|读懂|接收|看看]?[图片|照片|图像|截图|图|我的照片|这张图|图里的内容][吗||呢][？|]
    [这个应用|AutoGLM|这个软件|AutoGLM Desktop|本软件|这里|这个程序|模型][能|可以|支持|能不能|是否支持|支不支持][发|上传|识别|处理|看|输入|添加|发送]?[图片|照片|图像|截图|图片输入][吗||呢][？|]
    [上传|添加|发送|插入|放|拖放|粘贴][图片|照片|截图|附件]的?[按钮|地方|入口|位置|方法|快捷键][在哪|是什么|在哪里|在哪儿|是哪个|怎么用][？|]
    [我|][有|拍了|这里有|手上有|截了][一|]?张[图|照片|截图|图片]，[怎么发给你|你能看吗|怎么给你看|往哪里放|如何上传|放哪里]？
    [图片|照片|截图|图像][可以|能|要]?[怎么|如何|往哪|从哪里|在哪里|放哪里][发|传|上传|添加|放|加|粘贴|]?[呢|]？
    [可以|能|能不能|支持][拖|拖放|拖拽|粘贴|复制粘贴][图片|照片|截图|图片进来]吗？
    [帮我|]?[看看|看一下|描述|识别|分析][这张|我的|一张][图|图片|照片|截图][。||吧|，可以吗？]""",
)
topic(
    "voice",
    f"""<howdo> [talk|speak|dictate|use my voice|use the microphone|use voice input|record my voice|say something|speak to you|talk to you|enter text by voice|input by voice|use speech|use the mic|turn on the microphone|give voice commands|send a voice message][?||.| here?| in the app?| instead of typing?]
    [can|could|do|are|will] you [hear|listen|hear me|listen to me|hear my voice|understand speech|understand spoken words|recognize my voice|understand what I say|able to hear me|take dictation|accept voice|hear what I say][?||.]
    [does|can|will] <app> [support|have|take|understand|offer|work with|recognize] [voice|voice input|speech|spoken questions|a microphone|dictation|speech recognition|audio|the microphone|spoken words][?|]
    [is there|do you have|does it have] [voice input|a voice mode|speech recognition|a microphone button|dictation|a way to speak|a way to talk to you][?|]
    <wherefind> [the microphone|the mic|the microphone button|the voice button|the mic button|the speech button|voice input][?||.]
    [I don't want to|I can't|I am too lazy to|I'd rather not|I hate to] type[. Can I speak|, can I talk instead|. Is there voice input|, can I use my voice|, I want to speak]?
    [what|which] [key|button|shortcut] [is for|starts|do I hold for|do I press for|activates] [voice|speaking|talking|the microphone|dictation|voice input][?|]
    [voice|speech|microphone|mic|dictation|voice input|audio input][?||, please|: how?| how?| help]
    [does|how does|will] [the microphone|voice input|my microphone|the mic|speech input] work[?| here?]""",
    """<怎么>[用语音|用声音|说话|语音输入|用麦克风|用嘴|口述|语音聊天|语音对话|录音|用语音输入|开麦|发语音|用话筒|使用麦克风|打开麦克风|用语音提问][和你聊|跟你说|输入|提问|代替打字|聊天|]?[呢||啊|吗][？||。]
    你[能|可以|会|能不能|可不可以|能够|是否能]<到底>?[听|听见|听到|听懂|听得见|识别|听清|接收]?[我说话|我的声音|语音|我讲话|声音|我说的话|我在说什么|人说话][吗||呢][？|]
    [这个应用|AutoGLM|这个软件|AutoGLM Desktop|本软件|这里|这个程序][能|可以|支持|能不能|是否支持|支不支持|有没有|有][语音|语音输入|说话输入|麦克风|语音识别|语音功能|听写|录音][吗||呢][？|]
    [语音输入|麦克风|话筒|语音|语音功能|录音|语音按钮|麦克风按钮|听写][怎么用|在哪|在哪里|怎么开|怎么打开|怎么启动|按哪个键|如何使用|用哪个键|能用吗|怎么弄|在哪儿][呢||][？|]
    [我|][不想|懒得|不方便|不能|不会]打字[，|。][可以说话吗|能用语音吗|能说话吗|有语音吗|可以语音输入吗|怎么用语音]？
    [哪个|什么|按什么|按哪个|按住哪个][键|快捷键|按钮|按键][可以|能|是|开始]?[说话|语音输入|录音|开麦|语音]？
    [可以|能|能不能|可不可以][直接|]?[说话|讲话|开口说|用嘴说|语音|动嘴不动手][吗|，不打字吗]？
    [有|有没有][语音|语音功能|语音输入|麦克风按钮|听写功能][吗|]？""",
)
topic(
    "thinking",
    f"""[what|what exactly] [is|does|are] [the |this |][Think switch|thinking switch|thinking mode|think mode|Think button|thinking|thinking button|reasoning mode|think option|visible reasoning|reasoning switch][ do| for| mean| good for| about|][?|]
    <howdo> [turn off|turn on|disable|enable|switch off|switch on|toggle|activate|deactivate|stop|start|use|hide|show|see|control] [the |your |][thinking|reasoning|thinking mode|think mode|Think switch|thought process|chain of thought|thoughts|step by step reasoning|thinking steps|reasoning steps][?||.]
    [turn|switch|put] [the |your |][thinking|reasoning|thinking mode|thoughts] [on|off][.|?|!|| please]
    [turn|switch] [on|off] [the |your |][thinking|reasoning|thinking mode|Think switch][.|?|!|| please]
    [can|could|may] I [see|watch|hide|read|show|follow|look at|view|switch off|skip] [your |the |][thoughts|thinking|reasoning|thought process|how you think|thinking steps|reasoning steps|chain of thought][?|]
    [why|how come|when|how] [do you|are you] [think|reason|thinking|write so much|show your thoughts|think so long|reason so long|explain your steps][ first| before you answer| before answering| so long|][?|]
    [answer|reply|respond] [directly|right away|at once|immediately|straight away|without thinking first][.|?|, is that possible?|, how do I set that?| without the steps]
    <wherefind> [the Think switch|the thinking switch|the thinking option|the reasoning switch|the Think button|the thinking toggle|your reasoning|the thought process][?||.]
    [should|when should|do] I [use|turn on|leave on|need|switch off] [thinking|the Think switch|thinking mode|reasoning][?|]
    [is it|are you|are answers] [faster|better|more accurate|slower|smarter|worse] [with|without] [thinking|reasoning|the Think switch][?|]
    [thinking|think mode|reasoning|Think switch|thinking mode][?||: what is that?| on or off?| help]""",
    """[思考|Think|“思考”|思考模式|思考开关|思考按钮|推理模式|推理开关|思考过程|深度思考]<到底>[是什么|有什么用|是干什么用的|怎么用|是啥|有什么作用|什么意思|起什么作用|干嘛的|有啥用|是做什么的|怎么开|怎么关|在哪|在哪里|在哪开][呢||啊][？||。]
    <怎么>[关闭|打开|开启|关掉|停用|启用|关|开|切换|隐藏|显示|查看|看到|跳过|控制|取消][你的|][思考|思考模式|推理|推理过程|思考过程|思考开关|思考步骤|推理步骤|推理模式|思维过程|想法][呢||吗][？||。]
    [关闭|打开|开启|关掉|切换|停用|启用|隐藏|显示][思考|思考模式|推理|思考过程|思考开关|推理过程][。||吧|，谢谢|！|，怎么弄？]
    [我|][能|可以|想|能不能|可不可以][看|看到|看看|查看|隐藏|不看|跳过|显示]你?的?[思考|推理|思考过程|思路|推理过程|想法|怎么想的|思维过程][吗||呢][？|]
    你?[为什么|为啥|怎么][总是|要|会|还要|都]?[先|]?[思考|想|推理|想那么久|想这么久|写那么多步骤|推理那么久|想半天][再|才|之后|]?[回答|说|]?[呢|]？
    [能|可以|能不能|请|可不可以][不思考|不推理|不用想|跳过推理|直接|不要想|立刻][就回答|回答|给答案|出答案|给结果][吗|，怎么设置|]？
    [什么时候|要不要|该不该|需不需要|应该]?[开|打开|用|关|关闭][思考|思考模式|推理|思考开关][吗|好|呢|更好吗]？
    [开了|打开|关了|关闭|开着|不开][思考|推理|思考模式][会|有|是不是]?[更准|有什么不同|有什么区别|更快|更慢|更聪明|怎么样][吗|]？""",
)
topic(
    "stop",
    f"""<howdo> [stop|cancel|interrupt|abort|end|halt|break off|cut off|pause|kill|quit|terminate] [you|the answer|an answer|a reply|the output|the generation|generating|your answer|the response|this answer|the text|writing|a running answer|your reply|a long answer][?||.| midway?| early?]
    <howdo> [make you|get you to|tell you to] [stop|be quiet|shut up|stop writing|stop talking|stop generating|end the answer|finish early][?||.]
    [what|which] [key|button|shortcut|hotkey] [stops|cancels|interrupts|ends|aborts|do I press to stop|is for stopping|halts] [you|the answer|the reply|the output|generation|a running answer|the response][?|]
    [can|could|may] I [stop|cancel|interrupt|end|abort|cut short] [you|the answer|an answer|your answer|a reply|the response|the generation][ midway| early| while you write| in the middle|][?|]
    [you|the answer|it|the model] [write too much|is too long|goes on and on|won't stop|does not stop|is wrong already|takes too long|talks too much|never ends][. How do I stop it|, what can I do|, how do I cancel|. Can I stop it|, how can I interrupt]?
    [what|which thing] [does|happens when I press|is] [Esc|Escape|the Escape key|the Esc key][ do| for|][?|]
    <wherefind> [the stop button|the cancel button|the button to stop|the way to stop an answer][?||.]
    [stop|cancel|abort|interrupt] [generating|writing|the answer|the reply|it|this|the output|answering][.|!||, how?|?| please]
    [will|is] [what you wrote|the text so far|the partial answer] [be kept|lost|saved|stay] [when|if] I [stop|cancel|press Escape][?|]""",
    """<怎么>[停止|中断|取消|打断|终止|暂停|结束|中止|叫停|停下|截断|停][回答|你|生成|输出|你的回答|正在写的回答|正在生成的内容|回复|这个回答|你说话|写作][呢||啊|吗][？||。]
    [按|用|点]?[哪个|什么|哪一个][键|按钮|快捷键|按键][可以|能|是|来|会]?[停止|中断|打断|取消|终止|让你停][回答|生成|输出|你|回复|]？
    [能|可以|能不能|可不可以|允许][中途|半路|提前|随时|马上|写到一半时|]?[停止|打断|中断|叫停|取消|结束][你|回答|你的回答|生成|输出|回复][吗||呢][？|]
    [回答|你|模型|它|内容][太长|写太多|一直不停|没完没了|停不下来|太慢|写个不停|太啰嗦|说得太多][了|]，?[怎么停|怎么办|如何停止|怎么打断|能停吗|怎么取消]？
    [怎么|如何|怎样]?[让|叫|使]你[停下来|停下|闭嘴|别写了|不要再写|停止输出|住口|打住|别说了][呢||][？|]
    [Esc|Escape|Esc键|退出键][键|]?[是|有|能|可以]?[做什么|什么用|干什么|什么作用|干嘛|什么功能][的||呢]？
    [停止|取消|中断|终止]的?[按钮|键|快捷键|方法][在哪|是什么|在哪里|是哪个|怎么用|在什么位置]？
    [停止|停|别写了|停下|打断|中止][生成|输出|回答|][。||！|，怎么弄？|怎么操作]
    [停止|按停|中断|打断]之?后，?[已经写的|写好的|前面的|之前的][内容|部分|文字]?[还在吗|会丢吗|会保留吗|会没有吗]？""",
)
MODEL_EN = "[a model|another model|a larger model|a bigger model|more models|a new model|other models|different models|a better model|my own model|a smarter model|a stronger model|a different model|additional models|an open model|a powerful model|a checkpoint|a model folder|a Hugging Face model|GLM-4V|safetensors]"
topic(
    "models",
    f"""<howdo> [add|import|install|download|get|load|use|run|try|switch to|change to|convert|connect|put in|delete|remove|manage|choose|select|find] {MODEL_EN}[?||.| here?| in the app?| from disk?| from the internet?]
    [where|from where] [do|can|could|should] I [find|get|download|see|choose|add|import|manage|look for] {MODEL_EN}[?||.]
    [which|what|how many] [models|other models|language models|models besides you|bigger models] [can I use|are available|are there|does this app support|can I download|do you offer|are in the catalogue|can this run|work here|are supported|do you recommend][?|]
    [is there|do you have|are there|does the app have|can I get] [a larger|a smarter|a better|another|a bigger|a more powerful|any other|a stronger|a more capable] [model|models|AI][?| here?| for this?]
    [I need|I want|I'd like|we need|give me] [a smarter|a larger|a more capable|a better|a bigger|another|a stronger] [model|AI|assistant][.||, please|, where?| than you]
    [you are|this model is|Nano is|you're] [too small|too weak|not smart enough|too stupid|too limited|too simple][. Is there a bigger one|, can I use another model|. How do I get a better one|, what else is there|, I want another model]?
    <wherefind> [the Models page|the model page|the catalogue|the model list|the model catalogue|the download page for models|the list of models][?||.]
    [can|could|how can] I [switch|change|replace|swap|choose] [models|the model|to another model|you for another model|the current model|between models][?|]
    [what|what exactly] [is|can I do on|do I find on|is there on] the [Models page|model page|catalogue|model catalogue|models tab][ for|][?|]
    [download|import|install|convert|add|load] [a model|models|a bigger model|my model|a checkpoint|another model][.|?||: how?| please]
    [models|model list|model catalogue|other models|bigger model][?||, please|: where?]""",
    """<怎么>[添加|导入|安装|下载|加载|使用|运行|换成|更换|切换|切换到|换|转换|获取|装|删除|管理|选择|找到|试试|连接][模型|一个模型|更大的模型|新模型|其他模型|别的模型|更好的模型|自己的模型|更聪明的模型|大模型|更强的模型|另一个模型|模型文件夹|检查点|我的模型|safetensors 文件|其它大模型|开源模型][呢||啊|吗][？||。]
    [在哪里|哪里|在哪儿|从哪|从哪里|去哪|去哪里][可以|能]?[找到|下载|获取|看到|选择|添加|导入|弄到|安装|找][模型|更大的模型|别的模型|其他模型|新模型|更好的模型|大模型]？
    [有|有没有|有没有别的|还有|存在]?[更大|更聪明|更好|更强|更厉害|更高级|更智能|其他|别的|另外][一点|些|]?的?[模型|AI][可以用|能用|可选|吗||呢][？|吗]
    [支持|可以用|能用|有|能下载|可以下载|提供|能运行|推荐][哪些|什么|几个|多少][模型|大模型|别的模型|语言模型][呢||][？|]
    [我|][想|想要|需要|要]?[用|换|一个|试试|换个|换成|来个][更聪明|更大|更强|更好|更厉害|更高级]的?[模型|AI|助手][。||，怎么办|，怎么弄？|可以吗？]
    [你|这个模型|Nano]太[小|笨|弱|差|傻|简单][了|]，?[能换一个吗|有更大的吗|怎么换模型|可以换模型吗|我要换一个|有没有更好的]？
    [模型页|“模型”页|模型页面|模型目录|模型列表|模型库|模型管理][是什么|在哪|在哪里|怎么打开|有什么|怎么用|能做什么|怎么进去]？
    [模型|大模型][在哪|从哪里|怎么|如何][下载|导入|换|切换|安装|选|添加|管理|更新]？
    [切换|下载|导入|更换|添加|安装|转换][模型|大模型|别的模型][。||吧|，怎么做|的方法]
    [当前|现在的]?模型[能|可以|怎么][换|更换|切换|替换]吗？""",
)
topic(
    "server",
    f"""<howdo> [use|connect to|call|access|reach|query|start|enable|turn on|set up|find|talk to|configure|test|integrate] [the |your |][API|server|local server|OpenAI API|endpoint|REST API|HTTP server|API server|web API|local API|OpenAI-compatible server][?||.| from Python?| from my code?| from another program?| with curl?]
    [what|which] [is|are] [the |your |][base URL|address|port|endpoint|URL|API key|port number|host and port|API address|server address|API endpoint|IP address][ of the server| of the API| for the API| of the local server||?]
    [does|can|will] <app> [have|offer|provide|expose|include|serve|support|work with] [an API|a server|an HTTP API|a local server|the OpenAI API|LangChain|the openai package|curl|an endpoint|REST|an OpenAI compatible API|API access][?|]
    [can|could|may] [other programs|my script|another app|my code|a Python program|my website|other software|LangChain|my own application|external tools|a Node script|VS Code] [use|talk to|connect to|call|access|query|reach] [the model|you|this model|this app|the server|Nano|the API][?|]
    [is there|do you have|is it possible to have|can I get] [an API|a server|an HTTP API|API access|a local endpoint|an OpenAI compatible API|an interface for programs|a REST interface|an API key][?|]
    [which|what] [port|API key|address|key|token|path|URL|password] [does the server use|do I need|should I use|do I enter|do I put in|is used by the server|must I use|does the API need|goes into my client|do I give my client][?|]
    [I want to|I'd like to|I need to|we want to] [call|use|access|query] [you|the model|this model|Nano] [from|with|in] [Python|my program|code|a script|JavaScript|LangChain|another computer program|my app|curl][.||, how?]
    <wherefind> [the API|the server address|the server settings|the API key|the endpoint|the base URL|the port|the local server][?||.]
    [API|server|endpoint|base URL|port|openai client|localhost][?||, please| address?| url?|: which?| docs| help]
    [how|with what] [do|can|should] [I|developers|programmers|my tools] [program against|develop with|integrate|script] [this|you|the app|AutoGLM][?|]""",
    """<怎么>[使用|连接|调用|访问|启动|打开|开启|接入|请求|用|对接|配置|测试|找到][这个|你的|本地的|][API|服务器|本地服务器|接口|OpenAI 接口|API 服务|本地服务|HTTP 接口|本地接口|端口|兼容接口][呢||啊|吗][？||。]
    [服务器|API|接口|本地服务|本地服务器|API 服务|端点|OpenAI 接口]的?[地址|端口|网址|路径|URL|端口号|基础地址|base URL|密钥|接口地址|IP][<到底>是|是|填|用|][什么|多少|哪个|啥|几号|][呢||][？|]
    [这个应用|AutoGLM|这个软件|AutoGLM Desktop|本软件|它|这里][有|提供|支持|带|有没有|是否有|能不能提供|支不支持][API|接口|服务器|HTTP 接口|OpenAI 接口|LangChain|本地服务|API 调用|兼容 OpenAI 的接口|编程接口][吗||呢][？|]
    [其他程序|我的脚本|别的软件|我的代码|Python 程序|我的程序|外部程序|别的应用|网页|LangChain|我的项目][怎么|如何|能|可以|能不能|可不可以][使用|调用|连接|访问|接入][这个模型|你|模型|本地模型|Nano|服务器|接口][吗||呢][？|]
    [用|在|从][Python|代码|程序|脚本|JavaScript|LangChain|命令行|curl][里|中|]?[怎么|如何|能|可以][调用|访问|连接|使用][你|模型|这个模型|接口|本地模型][吗||][？|]
    [API|]?[密钥|key|令牌|密码|API key|秘钥][是什么|填什么|怎么填|在哪|要填吗|用哪个|怎么获取|需要吗|写什么|从哪里来]？
    [端口|端口号|地址|网址|base URL|接口地址|服务器地址|本地地址][是多少|是什么|填什么|是哪个|在哪看|多少]？
    [我|][想|要|需要]?[开发|编程|写程序|写代码][调用|接入|使用][你|这个模型|AutoGLM|接口][，怎么做|，地址是什么|，怎么连接||][？|]
    [API|接口|服务器|端口|本地服务][？||地址|文档|怎么用|说明]""",
)
DATA_EN = "[data|chats|conversations|messages|information|questions|words|files|pictures|text|history|chat history|personal data|secrets]"
topic(
    "privacy",
    f"""[is|are] [my |the |our |][{DATA_EN}|what I write|what I type|everything I say|this chat|this conversation] [private|safe|secure|confidential|protected|kept private|stored in the cloud|uploaded|shared|sent to anyone|leaked|encrypted|logged|public|visible to others|recorded|stored somewhere][ here| with you|][?|]
    [where|how|how long] [are|is|do you keep|do you store|does the app keep|does the app save|will you keep] [my |][{DATA_EN}|what I type|everything][ stored| saved| kept||][?|]
    [do you|does this app|does AutoGLM|will you|does the program|does the model|does it] [send|upload|share|transmit|sell|leak|give|pass|save|store|remember|record|log|report] [my |any |][{DATA_EN}|anything|what I write][ to the cloud| to the internet| to anyone| to a company| to third parties| to your makers| online| anywhere|][?|]
    [who|can anyone|can somebody|can other people|can your developers|can hackers|can my boss|does anyone] [can read|read|see|access|look at|get|watch] [my {DATA_EN}|what I write here|this chat|what I type|our conversation][?|]
    [do you|does it|does the app|does this|can it|can you|can I use you|can I use this|will this] [work|run|function|answer|operate] [offline|without internet|without a connection|without wifi|with no network|in airplane mode|without being online|when the internet is down|on a plane][?|]
    [do I|do you|does it|does this app|must I|must we] [need|require|have|want|use] [the internet|an internet connection|a cloud account|an account|to log in|wifi|to register|a network|a login|to sign up|to be online|a subscription|the cloud][?| for this?]
    [can|may|should] I [tell you|write|type|trust you with|enter|share with you] [a secret|secrets|my password|private things|personal things|confidential text|something private|sensitive data|my personal information][?| here?]
    [what|what exactly] [happens|do you do|are you doing|will be done] [to|with] [my {DATA_EN}|what I type|what I tell you|my words][?|]
    [are you|is the app|is anyone|is this program] [spying on|tracking|watching|recording|monitoring|listening to|collecting data about] me[?|]
    [privacy|privacy policy|data protection|data security|offline mode|confidentiality|telemetry|security|tracking][?||, please| here?|: how?]
    [is|are] [everything|all of it|the model|the processing|the computation] [local|on my computer|on my machine|on this device|on device|done locally][?|]""",
    """[我|我的|我们的|我的这些][数据|对话|聊天记录|消息|信息|隐私|内容|问题|文件|个人信息|聊天内容|资料|秘密]<到底>[安全|保密|会上传|会被上传|会泄露|会被别人看到|会发到网上|会被记录|会外传|存在云端|会被分享|会被偷看|有保障|会被收集|会联网发送|会被拿去训练][吗|么|不]？
    [我|我的|我们的][数据|对话|聊天记录|消息|信息|聊天内容|历史记录|资料|文件]<到底>[存|保存|放|储存|存储|记录|存放][在|到][哪里|哪儿|哪|什么地方|云端还是本地|哪个文件夹|谁那里][了|的|][呢||][？|]
    [你|这个应用|AutoGLM|AutoGLM Desktop|这个软件|它|程序|模型][会|会不会|有没有|是否|是不是会][上传|发送|分享|泄露|收集|记录|保存|偷看|出卖|监控|外传|监听|传走][我的|我|][数据|对话|消息|聊天记录|隐私|信息|个人信息|任何东西|聊天内容|说的话|写的东西][到网上|给别人|到云端|到服务器|给公司|][吗|呢||？]
    [谁|别人|其他人|有人|开发者|公司|黑客|老板|陌生人]?[能|会|可以|能不能|会不会][看到|读到|看见|偷看|查看|知道|获取]我[的聊天|的对话|写的内容|说的话|的消息|输入的东西|的隐私|们的聊天][吗|呢|]？
    [你|这个应用|它|这个软件|AutoGLM|模型|这个程序][能|可以|能不能|可不可以|是否可以][离线|断网|不联网|没有网络|没网|脱机|没有网时|在飞机上|断网时]?[使用|运行|工作|用|回答|跑][吗|呢|]？
    [用你|用它|使用这个软件|使用|这个应用|聊天]?[需要|要|必须|得|要不要|需不需要][联网|网络|注册|注册账号|账号|登录|互联网|上网|连网|Wi-Fi|订阅|连接网络][吗|么|才能用吗|呢|]？
    [可以|能|能不能|可不可以|放心]?[告诉你|跟你说|输入|写|发][我的|一些|]?[秘密|密码|隐私|私密的事|个人信息|机密|敏感信息]吗？
    [我|][写|说|输入|发|打]的[内容|话|东西|文字|消息][会去哪|去了哪里|会怎么处理|会传到哪|会保存吗|会被谁看到|会怎么样]？
    [隐私|隐私政策|数据安全|离线|安全|保密|隐私保护|离线使用|数据保护][？||怎么样|呢|如何|问题|有保障吗]
    [一切|所有|全部|数据|计算|模型|处理][都|]?[是|]?[在|]?[本地|本机|我的电脑上|这台电脑上][运行|处理|保存|完成|的|][吗|]？
    你?[在|是在|会]?[监视|偷听|监听|跟踪|监控|窥探]我[吗|]？""",
)
topic(
    "hardware",
    f"""[can|could|do|does|will|are|is] [you|this app|AutoGLM|it|the model|the app|this program] [use|using|run on|running on|support|take advantage of|work with|make use of|need] [my |the |a |an |][GPU|graphics card|CUDA|video card|NVIDIA card|AMD card|RTX card|GeForce|processor|CPU|Apple chip|hardware acceleration|integrated graphics|tensor cores][?|]
    [do I|do you|does the app|does it|must I|should I] [need|require|have|buy|get|want] [a GPU|a graphics card|CUDA|a fast computer|an NVIDIA card|a powerful machine|a gaming PC|special hardware|a good computer|a lot of memory|a strong processor|a new computer][?| for this?| to run this?]
    [will|does|can|could] [it|you|this|the app|AutoGLM|the model] [run|work|function|be fast enough|be usable] on [the CPU|a CPU|my laptop|an old computer|a weak machine|a computer without a GPU|a Mac|my notebook|a machine with no graphics card|the processor only|a small PC|a server][?|]
    [which|what] [hardware|computer|GPU|graphics cards|machine|specs|processor|system requirements|requirements|video card|device] [do I need|is needed|are supported|is required|works|are you running on|is being used|is used now|does this run on|do you use|should I have][?|]
    <howdo> [choose|switch|select|change|set|force|use|turn on|enable|pick] [between CPU and GPU|the device|CPU or GPU|the GPU|the graphics card|CUDA|the CPU instead|GPU acceleration|the processor|the computing device|hardware acceleration][?||.]
    [are you|is it|is the model|is this|are we] [running|computing|working|calculated|executed] on [the CPU or the GPU|the GPU|the CPU|CUDA|my graphics card|the processor|which device|what hardware|my graphics chip][?| now?| right now?]
    [how|what] [can|could|do|should] [I|we|you] [do to |] [make you faster|speed you up|make it faster|get faster answers|speed up the answers|get more speed|improve the speed|accelerate you|run faster][?|]
    [why|how come] [are you|is it|is the model|are the answers] [so slow|slow|not faster|so fast|taking so long][?|]
    [GPU|CUDA|CPU|graphics card|NVIDIA|hardware|system requirements|hardware requirements|device][?||, please| support?| or not?|: needed?| settings]
    [I have|my computer has|I own|I bought] [no GPU|an NVIDIA card|an RTX 4090|only a CPU|an old graphics card|no graphics card|a GeForce][. Will it work|, is that used|, can you use it|. Is that enough|, is that a problem]?""",
    """[你|这个应用|AutoGLM|AutoGLM Desktop|它|模型|这个软件|程序][能|可以|会|能不能|支持|支不支持|是否支持|是不是][用|使用|利用|调用|跑在|运行在|借助]?[我的|][显卡|GPU|CUDA|英伟达显卡|独立显卡|集成显卡|AMD显卡|硬件加速|N卡|处理器|RTX 显卡|CPU|苹果芯片][上|加速|][吗|呢||]？
    [需要|要|必须有|一定要|要不要|需不需要|得有|非得][显卡|GPU|CUDA|英伟达显卡|很快的电脑|好电脑|独立显卡|高配置|高性能电脑|N卡|游戏本|特殊硬件|大内存][吗|才能用吗|么|才行吗|]？
    [它|你|这个应用|这个软件|AutoGLM|模型][能|可以|能不能]?在?[CPU|笔记本|旧电脑|没有显卡的电脑|老电脑|低配电脑|苹果电脑|普通电脑|没有 GPU 的机器|我的电脑|纯 CPU][上|]?[运行|跑|用|跑得动|跑起来|流畅运行|使用][吗|么|]？
    [需要|要求|要|得用|最低]什么[样的|]?[硬件|配置|电脑|显卡|处理器|设备|机器|系统配置|内存][呢||才行|？]
    <怎么>[选择|切换|设置|指定|更改|换|用|启用|打开|强制用][CPU 和 GPU|显卡|设备|CUDA 或 CPU|GPU|CPU|运行设备|计算设备|显卡加速|GPU 加速|硬件加速|CUDA][呢||运行][？|]
    [你|模型|它|现在|目前|这个软件]<到底>[是在|在|用的是|跑在|运行在|用][CPU|GPU|显卡|哪个设备|什么设备|CPU 还是 GPU|显卡还是处理器|什么硬件|CUDA][上|]?[运行|跑|计算|]?[的|吗|呢|]？
    [怎么|如何|怎样]?[才能|能|可以]?[让你|让它|让模型|使你|让回答][更快|快一点|提速|快些|加速|变快|跑得快|快起来|不那么慢][呢||一些][？|]
    [为什么|怎么|为啥][你|它|回答|模型|这么]?[这么|那么|有点|]?[慢|卡|不快]？[怎么加速|]?
    [硬件要求|配置要求|系统要求|显卡|GPU|CUDA|CPU|显卡支持|运行设备][？||是什么|有吗|怎么设置|支持吗]
    [我|我的电脑][有|只有|没有|装了|用的是][英伟达显卡|CPU|显卡|独显|RTX 4090|集成显卡|老显卡]，?[能用吗|可以加速吗|能跑吗|会用到吗|够吗]？""",
)
topic(
    "limits",
    f"""[what|which things|what things] [can't you|can you not|are you not able to|are you unable to|do you not know how to|won't you|could you never|don't you] [do|answer|handle|help with|solve|know][?||.]
    <whatis> [your|the] [limits|limitations|weaknesses|shortcomings|weak points|restrictions|boundaries|drawbacks|flaws|biggest weakness][ of this model| of Nano| of yours|][?|]
    <tell> [your limits|what you can't do|your weaknesses|what you do not know|where your limits are|what you are bad at|your limitations|how reliable you are][?||.]
    [how|so how] [small|big|large|limited|smart|clever|intelligent|good|reliable|accurate|strong|stupid|trustworthy|capable|powerful] [are you|is Nano|is this model|is your knowledge|are your answers][?|]
    [can|should|may|could] [I|we|one] [trust|rely on|believe|depend on|count on] [you|your answers|what you say|this model|everything you say|your facts][?|]
    [how many|what number of] [parameters|weights|neurons|layers] [do you have|have you|are in you|does this model have|are in this model][?|]
    [do|can|will|could] [you|Nano|this model] [ever |sometimes |often |][make mistakes|get things wrong|be wrong|hallucinate|invent things|make things up|err|say wrong things|fail|tell lies|mess up|make errors|be mistaken][?|]
    [are|is] [your answers|what you say|everything you say|your facts|your results|your information] [always |really |][right|true|reliable|correct|trustworthy|accurate|certain|up to date][?|]
    [why|how come] [can't you|do you not|don't you|are you unable to|won't you] [answer that|know more|do more|write code|write an essay|know everything|answer everything|help me with that|know the answer|know the weather|chat about anything|browse the web|tell me the news][?|]
    [why|how come] [are you|is Nano|is this model|is your knowledge] [so|this|that] [small|limited|stupid|weak|dumb|simple|narrow|restricted][?|]
    [what|where] [are you bad at|do you fail|is your knowledge limited|do your abilities end|should I not ask you|shouldn't I ask you|is too hard for you|goes beyond you][?|]
    [limits|limitations|weaknesses|parameters|model size|your size|reliability|accuracy][?||, please|: what are they?]""",
    """你<到底>[不能|不会|做不到|不擅长|没法|办不到|回答不了|不懂|干不了][什么|做什么|哪些事|啥|哪些问题|些什么|哪些东西|什么事情][呢||啊][？||。]
    你<到底>[有|存在][什么|哪些|啥][局限|缺点|限制|不足|弱点|短板|局限性|毛病|不会的|短处|做不到的][呢||][？||。]
    <问>你[的局限|的缺点|不能做什么|的弱点|的限制|有多少参数|会不会出错|的答案可靠吗|靠谱吗|有多大][？||。]
    你<到底>?[有多大|多大|多聪明|有多聪明|有多强|有多厉害|有多准|有多靠谱|是多大规模的模型|聪明吗|厉害吗|靠谱吗|准不准|强不强|水平怎么样|智商多高][呢||][？|]
    [我|我们|大家]?[能|可以|应该|该不该|能不能|可不可以|要不要][相信|信任|依赖|信|完全相信|指望|依靠][你|你的回答|你说的话|你的答案|你说的|这个模型|你给的结果][吗|呢|]？
    [你|这个模型|Nano|模型]<到底>?[有|一共有|包含][多少|几亿|多少个|几个][参数|个参数|权重|层][呢||][？|]
    你[会|会不会|是不是会|有时会|经常会|也会|难道不会][犯错|出错|说错|胡说|撒谎|算错|弄错|编造|瞎编|骗人|胡编乱造|搞错|答错|失误|骗我][吗|呢|]？
    你?的?[回答|答案|话|结果|信息|知识|说法][总是|都|一定|百分百|永远|真的|]?[对|对的|可靠|准确|正确|可信|准|靠谱|没错|是真的|最新的][吗|么]？
    你?[为什么|为啥|怎么|怎么会][不能|不会|不知道|没法|无法|不懂|回答不了|不肯][回答这个|写代码|写文章|聊别的|知道更多|回答所有问题|更多东西|上网|帮我写作文|告诉我天气|看新闻|什么都会|回答我]？
    你?[为什么|为啥|怎么][这么|那么|如此][小|笨|傻|弱|有限|简单|局限|差|菜]？
    [什么|哪些|哪类][问题|事情|东西|事|任务]?[是你|你][不能|不会|没法|回答不了|做不了|不懂|做不好][的|回答的|做的|]？
    [局限|缺点|参数量|模型大小|可靠性|准确率|限制|局限性][？||是多少|有哪些|如何]""",
)
topic(
    "languages",
    f"""[which|what|how many] [languages|tongues|human languages] [do you|can you|does Nano|does this model|are you able to|could you] [speak|understand|know|read|write|support|handle|talk|master|use][?| in?]
    [do|can|could|are] you [speak|understand|know|talk|read|write|answer in|able to speak|good at|fluent in|handle|chat in|reply in] [Chinese|English|other languages|Chinese and English|both languages|Mandarin|several languages|more than one language|English too|Chinese too|Chinese as well|English well][?|]
    [can|may|could|should|am I allowed to] I [write|talk|chat|ask|speak|type|communicate|ask questions] [to you |] in [Chinese|English|Mandarin|my language|another language|Chinese too|English too][?|]
    [in|with] [which|what] [language|languages] [can I|should I|may I|do you|will you|could I] [write|ask|talk to you|speak|answer|reply|type|chat|respond][?|]
    [please |] [answer|reply|respond|talk|speak|write] [to me |] in [English|Chinese|Mandarin][.|?|, please| from now on|, can you?]
    [are you|is Nano|is this model|is it] [bilingual|multilingual|English only|Chinese only|an English speaker|fluent in English|limited to English][?|]
    [languages|supported languages|language support|which languages|your languages][?||, please]
    [I speak|I only speak|my language is|I only know|I prefer] [English|Chinese|Mandarin][. Is that fine|, is that ok|. Do you understand me|, do you]?
    <tell> [which languages you speak|your languages|what languages you know|what languages are supported|if you speak Chinese|if you understand English][?||.]""",
    """你<到底>[会|懂|会说|能说|支持|掌握|听得懂|能用|能看懂|精通|能听懂][哪些|什么|几种|几国|多少种|哪几种][语言|话|文字|语种][呢||啊][？||。]
    你[会|懂|会说|能说|支持|听得懂|会不会|懂不懂|能不能说|能看懂|会讲|能用][中文|英文|英语|中文和英文|其他语言|汉语|普通话|外语|别的语言|中英文|双语|英语和中文][吗||对话吗|回答吗|聊天吗][？|]
    [我|][可以|能|能不能|可不可以|应该|该]?用[中文|英文|英语|汉语|普通话|哪种语言|什么语言|别的语言|母语|中英文][和你聊|提问|写|跟你说话|问你|交流|聊天|跟你聊天|打字|问][吗|呢|]？
    [请|麻烦|]?用[中文|英文|英语|汉语][回答|回复|跟我说|和我聊|说话|聊天][我||。|吧|可以吗？|好吗？]
    [支持|懂|会|可用]的?[语言|语种][有|是]?[哪些|什么|几种|有几种|列表][？|呢|]
    你?是[双语的|多语言的|只会英文的|只懂中文的|多语种的|英文模型|中文模型|中英双语的][吗|么]？
    <问>你[会什么语言|懂英语吗|会中文吗|支持哪些语言|会几种语言|能不能说英文][？|]
    [我|][只会|只懂|说|讲][中文|英文|英语]，[可以吗|你懂吗|行吗|没问题吧|能聊吗]？
    [语言|支持语言|语言支持|多语言][？||有哪些|呢]""",
)
topic(
    "shortcuts",
    f"""[what|which] [keyboard shortcuts|shortcuts|hotkeys|key combinations|keys|key bindings|shortcut keys|hot keys|keyboard commands] [are there|can I use|do you have|exist|does the app have|are available|does this app know|should I learn|are useful|does AutoGLM have|work here|are supported][?|]
    [list|show|tell|give|display|print|name|write] [me |us |][all|the|every|a list of|an overview of the|some|the most important] [keyboard shortcuts|shortcuts|hotkeys|key combinations|keys|shortcut keys][.||?| please| of the app]
    [are there|do you have|does the app have|does this have|is there] [any |some |a list of |][keyboard shortcuts|shortcuts|hotkeys|key combinations|shortcut keys][?|]
    <howdo> [use|control|operate|drive|steer|navigate|handle] [the app|this app|this|AutoGLM|everything] [with the keyboard|by keyboard|without a mouse|with keys only|with only the keyboard|using the keyboard|from the keyboard][?||.]
    <wherefind> [the shortcuts|a list of shortcuts|the keyboard shortcuts|the hotkeys|the key bindings][?||.]
    [I want to|I'd like to|I prefer to|help me] [learn|know|use|see] [the |all |][shortcuts|keyboard shortcuts|hotkeys|keys][.||?]
    [keyboard shortcuts|hotkeys|shortcuts|shortcut list|key bindings|keys][?||, please|!| list| overview| of the app]
    [my mouse is broken|I have no mouse|I hate the mouse|I like the keyboard][, which keys can I use|. Which shortcuts are there|, can I use the keyboard]?""",
    """[有|有没有|都有|存在|支持|提供]<到底>?[哪些|什么|啥|多少]?[快捷键|键盘快捷键|热键|组合键|快捷方式|按键|快捷操作|键盘操作][吗||呢|啊|可以用|可用][？||。]
    [列出|告诉我|显示|说说|展示|给我|给出|介绍|罗列|讲讲|看看|列一下][所有|全部|一下|常用的|主要的|这个软件的|]?[快捷键|键盘快捷键|热键|组合键|快捷键列表|按键][。||吧|，谢谢|好吗？]
    [这个应用|AutoGLM|这个软件|AutoGLM Desktop|这里|本软件|软件]的?[快捷键|热键|键盘快捷键|组合键|按键][是什么|有哪些|都有什么|是哪些|列表|怎么用|有几个|在哪里看][呢||][？|]
    <怎么>[用键盘操作|只用键盘|不用鼠标|用键盘控制|全键盘操作|键盘操作|脱离鼠标使用][这个应用|这个软件|AutoGLM|软件|][呢||][？|]
    <问>[有什么快捷键|快捷键有哪些|有哪些热键|键盘快捷键|全部快捷键|常用快捷键][？||。]
    [我|][想|要|需要]?[学|知道|了解|看|用|记一下][所有|全部|]?的?[快捷键|热键|键盘快捷键][。||，有哪些？]
    [快捷键|热键|键盘快捷键|组合键|快捷键一览|快捷键大全|键位][？||呢|列表|有吗]
    [没有鼠标|鼠标坏了|不想用鼠标]，[怎么操作|按什么键|有快捷键吗|能用键盘吗]？""",
)


def chat(kind: str, en: str, zh: str) -> None:
    entry = KINDS[kind]
    entry[0].more, entry[2].more = Grammar(en), Grammar(zh, True)
    for patterns in (entry[0], entry[2]):
        patterns.share, patterns.noise, patterns.dressed = 0.7, 0.0, 0.0


chat("greeting",
     """[hi|hello|hey|hiya|heya|helo|hallo|yo|howdy|greetings|good day|hullo|hi hi|hello hello|g'day][!||.| Nano| there| you there| buddy| friend| my dear| assistant| AI| bot| robot| all| everybody|!!|, Nano!|, computer| again| from me| :)]
     [good morning|good evening|good afternoon|morning|evening|good day|a very good morning|happy new year|merry christmas][!||.| Nano| to you|, my friend| there| everyone]
     [nice|good|great|lovely|glad|happy|so nice] to [see|meet|talk to] you[!||.|, Nano| too| again]
     [I'm back|here I am|I am here|it's me|it's me again|I have returned|knock knock|long time no see][!||.]
     [are you|is anyone|is anybody|anyone|anybody|is someone] [there|here|awake|online|around|listening][?|]
     [hello|hi|hey][, |! ][nice to see you|good to be here|pleased to meet you|I am new here|my name is Tom|I'm Anna][.|!|]""",
     """[你好|您好|嗨|哈喽|哈啰|嘿|喂|你好你好|大家好|早|早啊|早呀|嗨喽|哈罗|你们好|老铁|同学你好|朋友你好|嗨嗨][！||。|呀|啊|，Nano|，小家伙|，机器人|，助手|~|哦|，我来啦]
     [早上好|下午好|晚上好|早安|中午好|上午好|晚好|新年好|新年快乐|节日快乐|周末好|午安][！||。|呀|啊|，Nano|，朋友|哦]
     [我来了|我来啦|我又来了|我回来了|好久不见|又是我|又见面啦|我上线了|终于见到你了][！||。|，你好]
     [很|非常|真]?高兴[见到|认识|遇见|看到]你[！||。|，Nano|啊]
     [在吗|在么|你在吗|有人吗|有人在吗|在不在|人呢|你在不在|醒着吗|在线吗][？||啊]
     [你好|嗨|您好]，[我叫小明|我是新来的|我是李雷|初次见面|见到你很高兴|请多关照][。|！|]""")
chat("how",
     """how [are|r] [you|u|things|we] [doing|feeling|today|tonight|this morning|now|these days|going||this evening][?|]
     how [is|was|has] [life|your day|everything|it going|your morning|your week|your day so far|the day|business|it hanging|been your day][?|]
     [what's|whats|what is] [going on|happening|new|new with you|up with you|cooking|good|up today][?|]
     [are you|you|u] [doing well|good|doing okay|okay today|fine today|feeling good|tired|busy|in a good mood|alright|having fun|feeling well][?|]
     [hi|hello|hey|good morning][, |! ][how are you doing|how is it going|how do you feel|what's up|how are things|how's your day][?|]
     [I hope you are|hope you're|I hope you feel] [well|fine|good|okay|doing well][.|!||?]""",
     """[你|您]?[最近|今天|这几天|现在|近来]?[好吗|怎么样|还好吗|过得怎么样|过得如何|感觉如何|心情如何|心情好吗|还好吧|状态怎么样|过得好不好|忙不忙|累不累|身体好吗|开心吗|怎样][呀|啊||][？|]
     [吃饭了吗|吃了没|睡得好吗|忙什么呢|在干嘛|在做什么呢|干啥呢|在忙吗|你在干什么][？|呢|]
     [你好|嗨|早上好|晚上好|hi][，|！][最近怎么样|你还好吗|今天过得如何|近况如何|一切顺利吗|今天好吗|过得好吗][？|]
     [一切|都|最近]?[顺利吗|还顺利吧|都好吗|还行吧|还不错吧][？|]
     [希望你|祝你|愿你][一切都好|过得好|今天开心|心情好][。|！|]""")
chat("thanks",
     """[thanks|thank you|thx|ty|tysm|thank u|many many thanks|cheers|thanks again|thank you again|merci|big thanks|thanks so much|thank you kindly|thank you very very much|thanks a bunch|thanks a ton][!||.| Nano| buddy| my friend| for this| for that| for your time| for everything| for your answer| for explaining|!!| :)]
     [great|perfect|super|wonderful|excellent|awesome|amazing|fantastic|brilliant|ok|okay|got it|alright|yes|nice|good|cool|lovely][, |! |. ][thanks|thank you|thx|thank you so much|many thanks|thanks a lot|thank you very much|cheers][!||.]
     [that|this|it|your answer|the answer] [was|is|really was] [very |really |so |][helpful|useful|good|correct|right|nice|what I needed|exactly what I needed|quick|clear|kind of you|great work][!||.|, thanks|, thank you]
     [you|you really|you have|you've] [helped me a lot|helped me|saved me|are a great help|are a genius|are awesome|are amazing|are so smart|are wonderful|rock|are my hero|are good|are so helpful|did great|are a star][!||.|, thanks]
     [good|great|excellent|nice|brilliant|fine] [work|job|answer|one|stuff|boy|bot][!||.|, thank you|, thanks]
     I [am grateful|thank you|am very thankful|owe you one|really liked that|like your answer|love you|am happy with that|am impressed][!||.]""",
     """[谢谢|多谢|谢了|感谢|谢谢你|谢谢您|非常感谢|谢谢啦|谢啦|十分感谢|太谢谢了|谢谢谢谢|3q|thanks|thank you|感恩|真的谢谢|非常谢谢|多谢多谢|谢谢哈|谢过][！||。|，Nano|啊|呀|，朋友|，你真好|~|，帮大忙了|，明白了]
     [太好了|很好|不错|完美|好的|好|明白了|懂了|知道了|可以|对|行|没错|嗯|原来如此]，[谢谢|多谢|感谢|谢谢你|谢啦|非常感谢|辛苦你了|谢谢啦][！||。|啊]
     [你|您]?[真|太|好|真是太|非常|特别|确实][棒|厉害|聪明|好|能干|靠谱|给力|有用|强|牛|贴心|善良|有帮助][了|啊|！||。|，谢谢]
     [你的|这个|刚才的][回答|答案|解释|帮助][很|太|非常|真|挺][好|棒|有用|清楚|准确|及时|到位|赞][了||！|。|，谢谢]
     [帮了我|帮我|你帮了我]?[大忙|很大的忙|很多忙|解决了大问题|省了很多时间][！||。|，谢谢|了]
     [你做得|干得|答得|表现得|算得][不错|真好|很好|很棒|漂亮|好][！||。|，谢谢|啊]
     [爱你|么么哒|给你点赞|赞|点赞|为你点赞|你帮了大忙|感谢有你|太感激了|感激你][！||。|哦]""")
chat("bye",
     """[bye|goodbye|bye bye|byebye|see you|see ya|cya|good bye|ciao|adios|cheerio|bye now|bye for now|later|laters|see you around|till next time|until later|until tomorrow][!||.| Nano| soon| then| my friend|, take care| next time| next week|, computer|!!]
     [good night|sleep well|sleep tight|have a good night|have a nice day|take care|have a good one|have a great day|sweet dreams|enjoy your day|have a nice evening|have a good weekend|stay well][!||.|, Nano|, bye]
     I [have to|must|need to|gotta|want to|am going to|will|should] [go|leave|stop|sleep|go now|run|go to bed|get going|log off|eat|go home|work now|close the app][!||.| now|, bye|, see you|. Goodbye]
     I [am done|am leaving|am finished|am off to bed|'m off|'m out|'m done for today|am going home|go to sleep now][!||.|, bye|, goodbye]
     [that's all|that is it|that'll be all|no more questions|enough for today|nothing else|we are done|let's stop here|end of chat][!||.| for today| for now|, bye|, goodbye|, see you]
     [ok|okay|alright|well|great|thanks][, |. ][bye|see you|goodbye|see you later|I have to go|good night|talk to you tomorrow|bye bye][!||.]""",
     """[再见|拜拜|回见|再会|拜|下次见|明天见|88|886|拜拜啦|拜拜了|白白|改天见|待会见|一会儿见|回头见|后天见|下周见|告辞|溜了|走了|我走啦|撤了][！||。|，Nano|啦|了|喽|，朋友|咯|~]
     [晚安|好梦|祝你愉快|保重|祝你好运|做个好梦|周末愉快|祝你开心|早点休息|多保重][！||。|，Nano|啦|哦|，明天见]
     我[要|得|该|必须|先|想|准备][走|睡|下线|休息|回家|去吃饭|上班|去忙|关电脑|睡觉|去上课|离开]了[！||。|，再见|，拜拜|，晚安|，下次聊]
     [今天|就|先|那]?[就|]?[到此为止|到这|聊到这里|这样|先这样|到这儿吧|聊到这|不聊了|结束吧|说到这里|没问题了|没有别的问题了][！||。|，再见|，拜拜|吧]
     [好的|好|行|嗯|谢谢|可以了|那]，?[再见|拜拜|回头见|下次见|明天见|晚安|我先走了|就这样吧][！||。|啦]
     [以后|下次|明天|改天|有空]再[聊|说|见|来找你|问你|谈][！||。|吧|，再见]""")
chat("joke",
     """<can>[tell|give|say|share|make] [me |us |][a|another|one more|some|one|a new|your best] [joke|funny joke|jokes|joke please|good joke|silly joke|short joke|joke for kids|clean joke][?||.| please]
     [tell|give|show|share] [me |us |][a|another|one more|some|a new|your best|your favorite] [joke|funny joke|good joke|silly joke|funny story|pun|gag|one-liner|short joke][.|!|| please| now]
     [do you|can you|could you] [know|have|remember|come up with|tell] [a|any|some|another|any good|a really good] [joke|jokes|funny things|one-liner|puns|funny story][?|]
     [I want|I need|I would like|I'd love|I feel like|let me hear|I want to hear] [a joke|to laugh|something funny|a good laugh|a funny joke|another joke|one more joke][.|!||, please]
     [make|let] me [laugh|smile|giggle|chuckle][.|!|| please|, please]
     [joke|jokes|a joke|another joke|another one, joke|joke time|time for a joke|a funny one|one more joke][!|.||, please|?]
     [cheer me up|entertain me|amuse me|be funny|make me happy|I'm bored, make me laugh|say something to make me laugh][.|!|| please]""",
     """[给|跟|和]?[我|大家|我们]?[讲|说|来]?[一个|个|几个|两个|点|段]?[笑话|冷笑话|好笑的|搞笑的|有趣的笑话|幽默笑话|脑筋急转弯|段子|有意思的笑话|短笑话][。||吧|，好吗|呗|听听|！|，谢谢|来听听]
     [能|可以|会|能不能|可不可以|会不会][给我|跟我|]?[讲|说|来][个|一个|几个]?[笑话|冷笑话|段子|好笑的|有趣的事][吗||呢|听听][？|]
     [我|][想|要|想要|需要]?[听|听听|来][个|一个|点]?[笑话|搞笑的|段子|好笑的|有趣的|冷笑话][。||！|，可以吗]
     [再|又|继续]?[来|讲|说][一个|个|一段][笑话|好笑的笑话|段子|冷笑话][。||吧|！|呗]
     [逗|让|惹|哄]我[笑|开心|高兴|乐][一下|一笑|一个|]?[。||吧|！|好吗]
     [笑话|讲笑话|来笑话|说笑话|冷笑话|搞笑一下|幽默一下|来点幽默|开个玩笑][。||吧|！|？]
     [无聊|好无聊|心烦|没意思]，[讲个笑话|来个笑话|说个笑话听听|逗我笑一下][吧|。|]
     [知道|有|记得][什么|哪些|没有]?[好笑的笑话|有趣的笑话|笑话|段子][吗||][？|]""")
chat("feeling",
     """I [am|feel|'m|am feeling] [so |very |really |a bit |a little |quite |just |][sad|tired|bored|lonely|unhappy|stressed|down|depressed|exhausted|upset|angry|anxious|worried|hopeless|miserable|heartbroken|nervous|frustrated|overwhelmed|sick of everything|not happy|not well|not so good|blue|empty|afraid][.|!|| today| tonight| now| these days| again|...]
     [my|today my] [girlfriend left me|boyfriend left me|dog died|cat died|boss yelled at me|exam went badly|friend ignores me|heart is broken|life is hard|job is terrible|week was awful][.|!||...]
     [I had|it was|today was|this was|I have had] [a |such a |] [bad|hard|long|terrible|awful|horrible|difficult|sad|stressful|rough] [day|week|night|morning|time|month][.|!||...]
     [nobody|no one] [likes me|loves me|understands me|talks to me|cares about me][.|!|]
     [everything|life|work|school|all of it] [is|feels|went] [too hard|so hard|wrong|terrible|pointless|stressful|bad today|a mess][.|!|]
     I [lost my job|failed my exam|can't sleep|cried today|want to cry|miss my family|miss my friends|have no friends|need a hug|don't feel well][.|!|| today]""",
     """我[今天|最近|现在|真的|这几天|]?[很|好|有点|真的很|非常|太|特别|感到|觉得|感觉|觉得很|有些][难过|累|无聊|孤独|不开心|伤心|郁闷|沮丧|烦|疲惫|失落|压抑|焦虑|生气|难受|委屈|寂寞|紧张|心累|痛苦|抑郁|害怕|绝望|担心|崩溃][了|啊||。|！|……]
     [今天|这周|最近|这几天|昨天]?[过得|真是|真的|]?[很糟糕|不好|太难了|不顺|很倒霉|糟透|很难熬|很不顺利|压力很大|特别累|一团糟|很糟心][了||。|！]
     [心情|情绪|状态|感觉][不好|很差|很糟|低落|不太好|差极了|糟糕|很低落|down][。||！|啊]
     [没有人|没人|谁都不][喜欢我|理解我|爱我|理我|关心我|陪我|在乎我][。||！]
     我[失恋|失业|失眠|考砸|被骂|哭|分手|生病|迷茫|被老板骂]了[。||！|，很难过]
     [想哭|好累啊|好烦啊|压力好大|活着好累|心好累|难受死了|好孤单|烦死了|累死了|无聊死了|气死我了][。||！]
     [工作|学习|生活|考试|人生][太|好|真]?[累|难|不顺|失败|辛苦|没意思|压抑][了|啊||。]""")
chat("okay",
     """[ok|okay|k|kk|alright|all right|I see|got it|understood|sure|yes|no|fine|yep|yeah|yup|nope|nah|right|correct|true|exactly|of course|certainly|maybe|agreed|good|hm|hmm|aha|oh|ah|oh ok|oh I see|ok then|okay then|no problem|no worries|indeed|well|so what][.|!|| then| Nano|...]
     [good|great|nice|cool|perfect|interesting|wow|amazing|awesome|excellent|super|sweet|lovely|impressive|fascinating|neat|really|funny|haha|lol|wonderful][.|!||!!| :)]
     [never mind|nevermind|forget it|nothing|it's nothing|doesn't matter|it does not matter|not important|skip it|leave it|no matter|don't bother|ignore that][.|!|]
     [I|I think I|now I|ok I|ah I] [understand|get it|see|got it|know|agree|believe you|get you|see now|understand now][.|!|]
     [that|it|this] [makes sense|is fine|is clear|is okay|is right|works|is good|sounds good|is interesting|is true|is all clear][.|!|| now]""",
     """[好|好的|嗯|行|知道了|明白了|明白|是的|不是|可以|OK|哦|嗯嗯|好吧|好呀|好哒|对|没错|是|不|收到|了解|懂了|ok|okay|好滴|噢|喔|哦哦|嗯哼|对的|也是|当然|没问题|不行|不要|要|得|成|确实|同意|好嘞][。|！||了|啊|呀|吧]
     [不错|很好|棒|厉害|有意思|哇|真的吗|真棒|好棒|赞|牛|酷|有趣|神奇|太棒了|真不错|可以啊|哈哈|嘿嘿|呵呵|有点意思|原来这样][。|！||啊|呀|~]
     [没事|算了|没什么|不用了|不必了|没关系|无所谓|当我没说|不重要|跳过吧|忽略吧|随便|不管了][。|！||了|吧|啊]
     [我|现在]?[懂了|明白了|知道了|理解了|清楚了|了解了|记住了|学到了|相信你][。|！||，好|啦]
     [有道理|说得对|原来如此|说得好|很清楚|就是这样|的确如此|也对|听起来不错|这样就好|可以的][。|！||啊|呢]""")
