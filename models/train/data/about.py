"""Who it is, and what AutoGLM Desktop can do and how."""

from __future__ import annotations

import random

from .core import Turn, choose, loosen, task
from .patterns import Patterns

# topic: (English patterns, English answer, Chinese patterns, Chinese answer, topic in words)
TOPICS: dict[str, tuple[Patterns, str, Patterns, str, str, str]] = {}


def topic(name: str, en: str, answer_en: str, zh: str, answer_zh: str, words_en: str, words_zh: str) -> None:
    TOPICS[name] = (Patterns(en), answer_en, Patterns(zh), answer_zh, words_en, words_zh)


topic(
    "identity",
    """{Who|What} are you?
    {What is|What's} your name?
    {Tell me|Say something} about yourself{.|}
    {Please introduce|Introduce|Can you introduce} yourself{.|}
    {Which|What} {model|AI|assistant} {are you|is this|am I talking to|do you use}?
    {Who|What} am I {talking|speaking|chatting} {to|with}?
    Are you {ChatGPT|GPT|Claude|Gemini|a large model|an AI|a robot|a human|human|a person|GLM}?
    {Do you have a name|What should I call you|what are you called}?
    {Who|Which company} {made|built|created|trained} you?
    {What kind of|Which sort of} {model|assistant|program} are you?
    Hi, {who|what} are you?
    {who r u|who are u|your name|what r u}?""",
    "I am Nano, the small built-in model of AutoGLM Desktop. I run entirely on this computer.",
    """你是谁{？|}
    你叫什么{名字？|？}
    {介绍一下|请介绍|请介绍一下|说说}你自己{。|吧}
    {你好，|请问，|}你是{谁|什么}？
    我在{和|跟}{谁|什么}{说话|聊天|对话}？
    你是{什么|哪个|哪种}{模型|人工智能|助手|程序}？
    你是{ChatGPT|GPT|Claude|机器人|真人|人类|人工智能|大模型|GLM}吗？
    {我该怎么称呼你|怎么称呼你|你有名字吗}？
    你是谁{做的|开发的|训练的|创造的}？
    {做个|来个|请做一个}自我介绍{。|吧}
    你{到底|究竟}是{谁|什么}？
    {能|可以}{告诉我|说说}你是谁吗？""",
    "我是 Nano，AutoGLM Desktop 内置的小模型，完全在这台电脑上运行。",
    "who I am", "我是谁",
)
topic(
    "skills",
    """What can you {do|help me with|do for me}?
    {What are your|Tell me your|List your} {skills|abilities|capabilities|strengths}{.|?|}
    {How|With what} can you help {me|}?
    What are you {good at|able to do|made for}?
    {What|Which} {questions|tasks|things} can I {ask|give} you?
    {What|Which things} {do you know|can you answer}?
    What can I {ask you|do with you|use you for}?
    {Show me|Tell me} what you can do{.|}
    {What is|What's} {Nano|this model} {good at|able to do|capable of}?
    {help|Help me|Help|I need help}{.|!|}
    What {kinds|sorts|kind} of {questions|problems} do you {solve|answer|handle}?
    {Can you do anything useful|Are you useful|what do you do}?""",
    "I can calculate step by step, convert units, work with dates, count letters, sort short lists, name facts about countries and elements, explain and translate common words, and help with this app.",
    """你{能|会|可以}做{什么|些什么|哪些事}？
    你有{什么|哪些}{本领|功能|能力|技能}？
    你{能|可以}帮我{什么|做什么|做些什么}？
    你{擅长|会}{什么|些什么}？
    我{能|可以}{问|让}你{什么|做什么}？
    {说说|告诉我|介绍一下}你{能做什么|会什么|的功能}{。|}
    你{知道|懂}{什么|些什么|哪些东西}？
    {Nano|这个模型}{能做什么|会什么|有什么用}？
    {帮助|帮帮我|我需要帮助|请帮助我}
    你{能|可以}{回答|解决}{什么|哪些}{问题|样的问题}？
    你有什么{用|用处}？
    {哪些|什么}{事情|问题}可以{找你|问你}？""",
    "我可以一步一步做算术、换算单位、计算日期、数字母、给短列表排序，回答国家和化学元素的常识，解释和翻译常用词，也能介绍本应用的用法。",
    "what I can do", "我能做什么",
)
topic(
    "app",
    """What is {AutoGLM Desktop|AutoGLM|this app|this program|this application|this software}?
    {Tell me|Explain} {about|something about} {AutoGLM Desktop|AutoGLM|this app|this program}{.|}
    What {can|does} {AutoGLM Desktop|AutoGLM|this app|this program} do?
    {Describe|Introduce} {AutoGLM Desktop|this app|this program}{.|}
    What {is|are} {AutoGLM Desktop|this app} {for|good for|used for}?
    {Which features|What features|What functions} does {AutoGLM Desktop|this app|the app} have?
    How does {AutoGLM Desktop|this app|the app} work?
    {What kind of app|What sort of program} is {this|AutoGLM Desktop|it}?
    {Give me an overview of|Summarize} {the app|AutoGLM Desktop|this app}{.|}
    {What|What all} can I do {in|with} {this app|AutoGLM Desktop|this program}?
    {Why|For what} {would|should|can} I use {AutoGLM Desktop|this app}?
    {I am new here, what is this app|what does this app do}?""",
    "AutoGLM Desktop is an app that runs language models on this computer: you chat by text, image or voice, manage models, and share them through a local server.",
    """{AutoGLM Desktop|AutoGLM|这个应用|这个软件|这个程序}是什么？
    {介绍一下|说说|请介绍}{AutoGLM Desktop|AutoGLM|这个应用|这个软件}{。|}
    {AutoGLM Desktop|AutoGLM|这个应用|这个软件}{能做什么|有什么用|可以做什么}？
    {这个应用|这个软件|AutoGLM Desktop}有{哪些|什么}功能？
    {AutoGLM Desktop|这个应用|本软件}是{做什么|干什么}的？
    {AutoGLM Desktop|这个软件|这个应用}怎么用？
    {这是|这是一个}{什么|怎样的}{软件|应用|程序}？
    {我能|可以}用{AutoGLM Desktop|这个应用|这个软件}做什么？
    {概括|简单介绍}一下{这个应用|AutoGLM Desktop|这个软件}{。|}
    {我是新用户，这个应用是什么|这个应用是干嘛的}？
    {为什么要用|为什么用}{AutoGLM Desktop|这个应用|这个软件}？
    {AutoGLM Desktop|这个应用}是怎么{工作|运行}的？""",
    "AutoGLM Desktop 是在这台电脑上运行语言模型的应用：可以用文字、图片或语音对话，管理模型，并通过本地服务器提供给其他程序。",
    "the app", "本应用",
)
topic(
    "new_chat",
    """How {do|can} I {start|open|create|begin|make} a new {chat|conversation}?
    {What is|What's} the shortcut for a new {chat|conversation}?
    {Start|Open|Create} a new {chat|conversation}{.|}
    {I want to|I would like to|I'd like to} {start|open|begin} a {new|fresh} {chat|conversation}{.|}
    {Which key|Which keys|What key} {opens|starts|creates} a new {chat|conversation}?
    Where {do|can} I {start|create} a {new|fresh} {conversation|chat}?
    {new chat|new conversation} {shortcut|how|how to}?
    How to {start|begin|open} {over with a new chat|a new chat|another conversation}?""",
    "Press Ctrl+N (Cmd+N on a Mac) or click “New chat” at the top of the sidebar.",
    """{怎么|如何|怎样}{新建|开始|打开|创建}{新对话|一个新对话|新的对话|新聊天}？
    新{对话|聊天}的快捷键是{什么|哪个}？
    {我想|我要|帮我}{新建|开始}{一个|}{新对话|新的对话|新聊天}{。|}
    {按哪个键|用什么键|什么快捷键}可以{新建|开始}{对话|聊天|新对话}？
    在哪里{新建|开始|创建}{对话|新对话|新聊天}？
    {新建对话|新对话|开新聊天}{怎么弄|怎么做|的方法}？
    {怎么|如何}{重新开始|再开}一个{对话|聊天}？""",
    "按 Ctrl+N（Mac 上为 Cmd+N），或点击侧栏顶部的“新对话”。",
    "a new chat", "新建对话",
)
topic(
    "palette",
    """{What is|What's} the {command palette|command menu}?
    How {do|can} I {open|show|use} the {command palette|palette|command menu}?
    {Which shortcut|Which key|What shortcut} opens the {command palette|palette}?
    How {do|can} I {search|find something in|look for} {my|old} {chats|conversations}?
    {Where|How} {can|do} I {search|find} {commands|actions|an old chat}?
    {What does|What is} {Ctrl+K|Cmd+K|ctrl k} {do|for}?
    {Is there a way to|Can I} search {conversations|chats|commands}?
    {find|search} {a conversation|an old chat|a command}""",
    "Press Ctrl+K (Cmd+K on a Mac): the command palette finds conversations and commands as you type.",
    """{什么是命令面板|命令面板是什么|命令面板有什么用}？
    {怎么|如何|怎样}{打开|使用|调出}命令面板？
    {哪个快捷键|什么快捷键|哪个键}打开命令面板？
    {怎么|如何}{搜索|查找|找到}{以前的|旧的|之前的|}{对话|聊天记录}？
    {在哪里|哪里可以}{搜索|查找}{命令|对话|聊天}？
    {Ctrl+K|Cmd+K}{是做什么的|有什么用|是什么}？
    {能|可以}搜索{对话|命令|聊天记录}吗？
    {搜索|查找}{旧对话|以前的聊天|命令}""",
    "按 Ctrl+K（Mac 上为 Cmd+K）打开命令面板，输入文字即可查找对话和命令。",
    "the command palette", "命令面板",
)
topic(
    "settings",
    """{How|Where} {do|can} I {open|find|get to} the {settings|preferences}?
    {Where are|Where do I find} the {settings|preferences|options}?
    {What is|What's} the shortcut for {settings|the settings|preferences}?
    How {do|can} I {change|switch|set} the {theme|language|appearance|interface language}?
    How {do|can} I {turn on|use|switch to|get} {dark mode|the dark theme|light mode}?
    {I want to|Can I} change the {settings|theme|app language|appearance}{?|.|}
    {Which key|Which keys|What shortcut} {opens|open} the {settings|preferences}?
    {open|show} {settings|preferences}""",
    "Press Ctrl+, (Cmd+, on a Mac) to open the settings; language, theme and the other preferences are there.",
    """{怎么|如何|在哪里}打开{设置|偏好设置|选项}？
    {设置|偏好设置|选项}在{哪里|哪儿}？
    {打开设置的快捷键|设置的快捷键}是{什么|哪个}？
    {怎么|如何|怎样}{更改|切换|修改}{主题|语言|界面语言|外观}？
    {怎么|如何}{打开|切换到|使用}{深色模式|深色主题|浅色模式|夜间模式}？
    {我想|可以}{改|更改|换}{设置|主题|语言|外观}{。|吗？|}
    {哪个键|什么快捷键}{打开|进入}设置？
    {打开|进入}{设置|偏好设置}""",
    "按 Ctrl+,（Mac 上为 Cmd+,）打开设置，语言、主题等选项都在里面。",
    "the settings", "设置",
)
topic(
    "image",
    """How {do|can} I {send|add|attach|upload|share} {an image|a picture|a photo|images} {to you|in a chat|here|}{?|?}
    Can you {see|look at|understand|read} {images|pictures|photos|an image}?
    {Where|How} {do|can} I {paste|drop|insert|put} {an image|a picture|a screenshot|a photo}?
    {I want to|Can I} {show you|send you|give you} {a picture|an image|a photo|a screenshot}{?|.|}
    {Does|Can} {this app|AutoGLM Desktop|the app} {support images|take images|handle pictures}?
    {How does|Does} image input work{?| here?}
    {Is it possible to|Is there a way to} {add|attach|upload} {images|pictures|photos}?
    {upload|attach} {image|a picture|photo}""",
    "Drop an image onto the window, paste it with Ctrl+V, or use the attach button in the message box. Then ask about it.",
    """{怎么|如何|怎样}{发送|添加|上传|发}{图片|照片|一张图片|截图}？
    你{能|可以|会}{看|看懂|识别|理解}{图片|照片|图像}吗？
    {在哪里|怎么}{粘贴|拖入|插入|放}{图片|截图|照片}？
    我{想|可以}{给你看|发给你|给你发}{一张图片|图片|照片|截图}{。|吗？|}
    {这个应用|AutoGLM Desktop|这个软件}{支持|能处理}图片吗？
    {图片输入|图像功能}{怎么用|怎么使用|在哪里}？
    {能不能|可不可以}{上传|添加|发}{图片|照片}？
    {上传|添加}{图片|照片}""",
    "把图片拖进窗口、用 Ctrl+V 粘贴，或点击输入框里的附件按钮，然后就可以提问。",
    "images", "图片",
)
topic(
    "voice",
    """How {do|can} I {talk|speak} to you{?| here?}
    {Can I|Is it possible to|Can you let me} {use voice|use my voice|dictate|use the microphone|speak}{?| instead of typing?}
    {Does|Can} {this app|AutoGLM Desktop|the app} {support voice|take voice input|listen to me}?
    How {do|can} I use {voice input|the microphone|the mic|speech}?
    {Where is|What is} the {mic|microphone} {button|key}?
    {Can you hear me|Do you understand speech|Can you listen}?
    {I want to|I'd like to} {speak|talk|dictate} {instead of typing|to you|a message}{.|}
    {voice input|dictation|microphone} {how|help|?}""",
    "Hold the Space bar while the message box is empty, or press the microphone button, and speak; your words become the message.",
    """{怎么|如何|怎样}{用语音|用声音|说话}{和你对话|输入|跟你聊|}{？|？}
    {可以|能}{用语音|用麦克风|说话|语音输入}{吗？|和你聊吗？}
    {这个应用|AutoGLM Desktop|这个软件}{支持语音|能语音输入|能听懂语音}吗？
    {怎么|如何}使用{语音输入|麦克风|语音功能}？
    {麦克风|话筒}按钮{在哪里|有什么用|怎么用}？
    你{能听到我说话|听得到我|能听懂语音|能听见}吗？
    我{想|要}{说话|用语音|口述}{，不想打字|输入消息|和你聊天|}{。|}
    {语音输入|语音|麦克风}{怎么用|在哪}""",
    "在输入框为空时按住空格键，或点击麦克风按钮，然后说话，说的内容会变成消息。",
    "voice input", "语音输入",
)
topic(
    "thinking",
    """What {is|does} the {Think|Thinking|thinking} {switch|button|mode} {do|for|mean|}{?|?}
    How {do|can} I {turn off|turn on|disable|enable|switch off|switch on} {thinking|the thinking|reasoning|your reasoning}?
    {Can I|How can I} {see|hide|show} {how you think|your reasoning|your thinking|the reasoning}?
    {Where|How} {do|can} I {see|find|toggle} the {Think switch|reasoning|thinking switch}?
    {Why do you|Do you} {think|reason} before {you answer|answering}?
    {Answer|I want answers} {without thinking|without reasoning} {please|how|}
    {turn thinking|switch thinking|turn reasoning} {off|on}
    {What does|What is} {thinking|the think mode} {mean here|in this app|}?""",
    "The Think switch under the message box turns the visible reasoning on or off. With it on I work step by step before I answer, which is more accurate; with it off I answer at once.",
    """{思考|Think|“思考”}{开关|按钮|模式}{是什么|有什么用|是干什么的}？
    {怎么|如何|怎样}{关闭|打开|开启|关掉}{思考|思考模式|推理|推理过程}？
    {能|可以}{看到|隐藏|显示}你的{思考|推理|思考过程}吗？
    {在哪里|怎么}{切换|找到|看到}{思考开关|推理过程|思考模式}？
    你{为什么|会}{回答前先思考|先思考再回答}{？|吗？}
    {不要思考|不用思考}{直接回答可以吗|怎么设置}？
    {关闭|打开}{思考|思考模式}
    {思考模式|思考}在这里{是什么意思|指什么}？""",
    "输入框下方的“思考”开关控制是否显示推理：打开时我会先一步一步推理再回答，更准确；关闭时直接回答。",
    "the Think switch", "思考开关",
)
topic(
    "stop",
    """How {do|can} I {stop|cancel|interrupt|abort} {you|the answer|an answer|a reply|the output|generation}?
    {Which key|What key|Which shortcut} {stops|cancels|interrupts} {you|the answer|the reply}?
    {Can I|Is there a way to} {stop|cancel|interrupt} {you|an answer|the answer} {while you write|midway|early|}?
    {What if|What can I do if} {the answer is too long|you write too much|you do not stop}?
    How to {make you stop|stop writing|end an answer}?
    {What does|What is} {Escape|the Escape key|Esc} {do|for}?
    {stop|cancel} {the answer|generating|a reply} {how|?}
    {Where is|Is there} {the stop button|a stop button}?""",
    "Press Escape or click the stop button; what has been written so far is kept.",
    """{怎么|如何|怎样}{停止|中断|取消|打断}{回答|你|生成|输出}？
    {按哪个键|什么键|哪个快捷键}可以{停止|中断}{回答|生成|输出}？
    {可以|能}{中途|半路|提前|}{停止|打断|中断}{回答|你}吗？
    {回答太长|你写太多|你停不下来}{怎么办|了怎么办}？
    {怎么|如何}让你{停下来|停下|不写了}？
    {Esc|Escape 键|Esc 键}{是做什么的|有什么用}？
    {停止|取消}{回答|生成}
    {停止按钮|停止键}在哪里？""",
    "按 Esc 键或点击停止按钮即可停止，已经写出的内容会保留。",
    "stopping an answer", "停止回答",
)
topic(
    "models",
    """How {do|can} I {add|import|install|download|get|load} {a model|another model|a larger model|a bigger model|more models|a new model}?
    Where {do|can} I {find|get|download} {models|a larger model|other models|bigger models}?
    {How do I|Can I} {use|run|try} {another|a larger|a bigger|a better|a different} model{?| here?}
    {How|Where} {do|can} I {convert|import} {a checkpoint|a folder|safetensors|my own model|my model}?
    {What is|What can I do on} the {Models page|models page|model catalogue|catalog}?
    {Which|What} {models|other models} {can I use|are available|are there|does this app support}?
    {Is there|Do you have} {a larger|a smarter|a better|another} model?
    {I need|I want} {a smarter|a larger|a more capable|a better} model{.|}
    {Can I|How do I} {switch|change} {models|the model|to another model}?
    {import|download} {model|a model}""",
    "Open the Models page: there you can download a model from the catalogue, import a model folder, or convert a checkpoint, and then choose it for the chat.",
    """{怎么|如何|怎样}{添加|导入|安装|下载|加载}{模型|一个模型|更大的模型|新模型|其他模型}？
    {在哪里|哪里可以}{找到|下载|获取}{模型|更大的模型|其他模型}？
    {怎么|如何|可以}{使用|运行|换成}{另一个|更大的|更好的|别的}模型{？|吗？}
    {怎么|在哪里|如何}{转换|导入}{检查点|模型文件夹|自己的模型|safetensors}？
    {模型页|“模型”页面|模型目录}{是什么|能做什么|有什么}？
    {有哪些|可以用哪些|支持哪些|支持什么}模型{？|可用？}
    {有没有|有}{更大|更聪明|更好|更强}的模型{？|吗？}
    我{想要|需要}一个{更聪明|更大|更强|更好}的模型{。|}
    {怎么|如何|可以}{切换|更换|换}模型{？|吗？}
    {下载|导入}模型""",
    "打开“模型”页：可以从目录下载模型、导入模型文件夹或转换检查点，然后在对话中选用。",
    "models", "模型",
)
topic(
    "server",
    """How {do|can} I {use|connect|call|access} {the API|the server|the local server|the OpenAI API|this from code|you from my program}?
    {What is|What's} the {base URL|address|port|endpoint} of the {server|API|local server}?
    {Does|Can} {this app|AutoGLM Desktop|it} {have an API|offer an API|serve an API|work with LangChain|work with the OpenAI client}?
    {Which|What} {port|API key|address|base path} {does the server use|do I need|should I use}?
    {How|Where} {do|can} I {start|find|turn on} the {server|API server|OpenAI server}?
    {Can other programs|Can my script|Can another app} {use|talk to|connect to} {the model|you|this model}?
    {Is there|Do you have} {an API|a server|an HTTP API|an OpenAI compatible API}?
    {Which|What} {API key|key} {does the API need|do I have to use|should I enter}?
    {api|openai|server} {address|endpoint|url|help}""",
    "AutoGLM Desktop has an OpenAI-compatible server at http://127.0.0.1:8000/v1; any API key is accepted.",
    """{怎么|如何}{使用|连接|调用|访问}{API|服务器|本地服务器|接口|OpenAI 接口}？
    {服务器|API|接口|本地服务}的{地址|端口|网址|路径}是{什么|多少}？
    {这个应用|AutoGLM Desktop|它}{有 API|提供接口|支持 OpenAI 接口|支持 API|能用 LangChain 调用}吗？
    {服务器用哪个端口|API 密钥填什么|需要什么密钥|接口地址填什么}？
    {怎么|在哪里}{启动|打开|找到}{服务器|API 服务|本地服务器}？
    {其他程序|我的脚本|别的软件}{能|可以}{使用|调用|连接}{这个模型|你|模型}吗？
    有{API|接口|服务器|OpenAI 兼容的接口}吗？
    {API 密钥|密钥}{是什么|怎么填|要填什么}？
    {API|接口|服务器}{地址|端口}""",
    "AutoGLM Desktop 带有兼容 OpenAI 的服务器，地址是 http://127.0.0.1:8000/v1，API 密钥可以任意填写。",
    "the server", "服务器",
)
topic(
    "privacy",
    """{Is|Are} my {data|chats|conversations|messages} {private|safe|secure|stored online|sent anywhere}?
    {Where|How} {are|is} my {data|chats|conversations|messages} {stored|saved|kept}?
    {Do you|Does this app|Does AutoGLM Desktop} {send|upload|share} {my data|anything|my messages|data} {to the internet|to a server|online|anywhere}?
    {Who|Can anyone|Can others} {can read|read|see} {my chats|my conversations|what I write}?
    {Do you|Does it|Does the app} {work|run} {offline|without internet|without a connection}?
    {What happens|What do you do} with {my data|my messages|what I write}?
    {Do I need|Do you need|Is there a need for} {the internet|an internet connection|a cloud account|an account}?
    {Do you|Does the app} {spy on me|collect data|track me}?
    {privacy|data protection|offline}?""",
    "Everything stays on this computer: the model runs here, and your conversations are saved only here. No internet connection is needed.",
    """我的{数据|对话|聊天记录|消息}{安全|保密|会上传|会被上传|会泄露}吗？
    我的{数据|对话|聊天记录|消息}{存|保存|放}在{哪里|哪儿}？
    {你|这个应用|AutoGLM Desktop}会{上传|发送|分享}{我的数据|数据|我的消息|聊天记录}吗？
    {谁|别人}能{看到|读到}我{的聊天|的对话|写的内容}{？|吗？}
    {你|这个应用|它}{能|可以}{离线|断网|不联网}{使用|运行|工作}吗？
    {我写的内容|我的数据|我的消息}会{怎么处理|去哪里|被怎样处理}？
    {需要|要}{联网|网络|注册账号|账号|互联网}吗？
    {你|这个应用}会{收集数据|跟踪我|监视我}吗？
    {隐私|数据安全|离线}？""",
    "一切都留在这台电脑上：模型在本机运行，对话也只保存在本机，不需要联网。",
    "privacy", "隐私",
)
topic(
    "hardware",
    """{Can you|Does this app|Does AutoGLM Desktop|Can it} use {my GPU|the GPU|CUDA|a graphics card|my graphics card|the processor}?
    {Do I|Do you|Does the app} need {a GPU|a graphics card|CUDA|a fast computer|an NVIDIA card}?
    {Does it|Do you|Can it} {run|work} on {the CPU|a CPU|a laptop|an old computer|a computer without a GPU}?
    {Which|What} {hardware|computer|GPU|graphics cards} {do I need|is needed|are supported|is required}?
    {How|Where} {do|can} I {choose|switch|select} {between CPU and GPU|CUDA or CPU|the GPU|the device}?
    {Are you|Is it|Is the model} running on {the CPU or the GPU|the GPU|the CPU|CUDA}?
    {How|What} can I {make you faster|speed you up|do to make it faster}?
    {cuda|gpu|cpu} {support|?}""",
    "Models run on an NVIDIA GPU with CUDA when there is one, otherwise on the CPU; the settings let you choose.",
    """{你|这个应用|AutoGLM Desktop}{能|可以}用{我的显卡|显卡|GPU|CUDA}吗？
    需要{显卡|GPU|CUDA|英伟达显卡|很快的电脑}吗？
    {它|你|这个应用}{能|可以}在{CPU|笔记本|旧电脑|没有显卡的电脑}上{运行|跑|用}吗？
    {需要|要求}什么{硬件|配置|电脑|显卡}？
    {怎么|在哪里|如何}{选择|切换}{CPU 和 GPU|显卡|设备|CUDA 或 CPU}？
    你{现在|}{是在|在}{CPU 还是 GPU|显卡|GPU|CPU}上运行{？|吗？}
    {怎么|如何}让你{更快|快一点|提速}？
    {支持|能用}{CUDA|GPU|显卡}吗""",
    "有 NVIDIA 显卡时模型用 CUDA 在显卡上运行，否则在 CPU 上运行，可以在设置中选择。",
    "CPU and GPU", "CPU 和显卡",
)
topic(
    "limits",
    """What {can you not|can't you|are you unable to} do?
    {What are|Tell me} your {limits|limitations|weaknesses}{?|.|}
    {How|Why are you so} {small|big|large|limited|smart} {are you?|?|}
    {Can I trust|Should I trust|Can I rely on} {you|your answers}?
    {How many|What number of} parameters do you have?
    {Do you|Can you} {make mistakes|get things wrong|hallucinate|lie}?
    {Are your answers|Are you} {always right|reliable|accurate|correct}?
    {Why can't you|Why do you not|Why don't you} {answer everything|know more|know that|write code|write essays}?""",
    "I am the small built-in model, so my knowledge is narrow: I do arithmetic, dates, units, short facts, words and app help. For anything else use a larger model from the Models page.",
    """你{不能|不会|做不到}{什么|做什么|哪些事}？
    你有{什么|哪些}{局限|缺点|限制|不足}？
    你{有多大|是多大的模型|为什么这么小}？
    {我能|可以}{相信|信任|依赖}你{的回答|}吗？
    你有多少{参数|个参数}？
    你会{犯错|出错|说错|胡说|撒谎}吗？
    你的{回答|答案}{总是对的|可靠|准确|正确}吗？
    你为什么{不能回答所有问题|知道得这么少|不会写代码|不会写文章}？""",
    "我是内置的小模型，知识很有限：只会算术、日期、单位、简单事实、词语和本应用的帮助。其他问题请在“模型”页选用更大的模型。",
    "my limits", "我的局限",
)
topic(
    "languages",
    """{Which|What|How many} languages do you {speak|understand|know}?
    Do you {speak|understand|know} {Chinese|English|other languages|Chinese and English}?
    {Can I|May I} {write|talk|chat} in {Chinese|English}?
    {In which|In what} {language|languages} can I {write|ask|talk to you}?
    {Can you|Do you} {answer|reply} in {Chinese|English|both languages}?
    {Are you|Is this model} {bilingual|multilingual}?
    {languages|supported languages}?""",
    "I understand English and Chinese, and I answer in the language of your question.",
    """你{会|懂|会说}{哪些|什么|几种}语言？
    你{会|懂|会说}{中文|英文|英语|中文和英文|其他语言}吗？
    {可以|能}用{中文|英文|英语}{和你聊|提问|写}吗？
    {我可以用|能用}{哪些|什么}语言{提问|和你交流}？
    你{能|可以}用{中文|英文|两种语言}回答吗？
    你{是双语的|支持多语言|支持多种语言}吗？
    {支持的语言|支持哪些语言}？""",
    "我懂中文和英文，会用你提问的语言回答。",
    "languages", "语言",
)
topic(
    "shortcuts",
    """{What|Which} {keyboard shortcuts|shortcuts|hotkeys} {are there|can I use|do you have|exist}?
    {List|Show me|Tell me} {all|the} {keyboard shortcuts|shortcuts|hotkeys}{.|}
    {Are there|Do you have} {any|} {keyboard shortcuts|shortcuts|hotkeys}?
    {How|Can} {do I|I} {use the app|work|control the app} with {the keyboard|only the keyboard}?
    {keyboard shortcuts|hotkeys|shortcuts}{?|}
    {Which|What} keys {can I press|are useful|should I know}?""",
    "Ctrl+N: new chat; Ctrl+K: command palette; Ctrl+,: settings; hold Space: voice; Escape: stop. On a Mac use Cmd for Ctrl.",
    """有{哪些|什么}{快捷键|键盘快捷键|热键}？
    {列出|告诉我|显示}{所有|全部|}{快捷键|键盘快捷键}{。|}
    {这个应用|AutoGLM Desktop}有快捷键吗？
    {怎么|如何}{用键盘操作|只用键盘}{这个应用|}？
    {快捷键|键盘快捷键}{？|有哪些|}
    {可以按哪些键|哪些按键有用}？""",
    "Ctrl+N：新对话；Ctrl+K：命令面板；Ctrl+,：设置；按住空格：语音；Esc：停止。Mac 上用 Cmd 代替 Ctrl。",
    "shortcuts", "快捷键",
)
NAMES = list(TOPICS)
DRAW = NAMES + ["identity"] * 3 + ["skills"] * 2
OPENERS = {
    "en": ["", "", "", "", "", "", "Hey, ", "Please tell me: ", "Quick question: ", "Hello! ", "Sorry, ", "One more thing: "],
    "zh": ["", "", "", "", "", "", "请问", "你好，", "想问一下，", "麻烦问一下，", "问个问题：", "对了，"],
}


@task("about", 6)
def about(rng: random.Random, split: str, lang: str) -> Turn:
    en, answer_en, zh, answer_zh, words_en, words_zh = TOPICS[choose(rng, DRAW)]
    question = (en if lang == "en" else zh).pick(rng, split).strip()
    opener = choose(rng, OPENERS[lang])
    if opener and not question.startswith(("Hi", "你好", "请问", "help", "帮")):
        keep = lang == "zh" or opener[-2:] in (": ", "! ") or question[0] == "I" or question[1:2].isupper()
        question = opener + (question if keep else question[0].lower() + question[1:])
    if lang == "en":
        return loosen(rng, question), f"The user asks about {words_en}.", answer_en
    return loosen(rng, question), f"用户在问：{words_zh}。", answer_zh
