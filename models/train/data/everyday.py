"""Everyday phrases in English and Chinese, written for this project."""

_TEXT = """
Hello|你好
Good morning|早上好
Good afternoon|下午好
Good evening|晚上好
Good night|晚安
Goodbye|再见
See you later|回头见
See you tomorrow|明天见
Thank you|谢谢
Thank you very much|非常感谢
You're welcome|不客气
Please|请
Excuse me|打扰一下
I'm sorry|对不起
It doesn't matter|没关系
No problem|没问题
How are you?|你好吗？
I'm fine, thank you|我很好，谢谢
Nice to meet you|很高兴认识你
Long time no see|好久不见
What is your name?|你叫什么名字？
My name is Anna|我叫安娜
Where are you from?|你是哪里人？
I am from China|我来自中国
I am from England|我来自英国
How old are you?|你多大了？
I am a student|我是学生
I am a teacher|我是老师
Do you speak English?|你会说英语吗？
Do you speak Chinese?|你会说中文吗？
I don't speak Chinese|我不会说中文
I speak a little Chinese|我会说一点中文
I don't understand|我不明白
I understand|我明白了
Please say it again|请再说一遍
Please speak slowly|请说慢一点
What does this mean?|这是什么意思？
How do you write this?|这个怎么写？
I don't know|我不知道
I know|我知道
Of course|当然
Maybe|也许
Really?|真的吗？
That's right|没错
Very good|很好
Great!|太好了！
Congratulations!|恭喜！
Happy birthday|生日快乐
Happy New Year|新年快乐
Merry Christmas|圣诞快乐
Good luck|祝你好运
Have a nice trip|一路平安
Have a nice day|祝你今天愉快
Have a nice weekend|周末愉快
Welcome|欢迎
Cheers!|干杯！
Enjoy your meal|请慢用
Take care|保重
Get well soon|早日康复
Sweet dreams|做个好梦
How much is this?|这个多少钱？
It's too expensive|太贵了
Can it be cheaper?|可以便宜一点吗？
I want to buy this|我想买这个
I'm just looking|我只是看看
Do you have a smaller one?|有小一点的吗？
Do you have a bigger one?|有大一点的吗？
Can I try it on?|我可以试穿吗？
Can I pay by card?|可以刷卡吗？
The bill, please|请结账
A cup of coffee, please|请来一杯咖啡
A cup of tea, please|请来一杯茶
A glass of water, please|请给我一杯水
The menu, please|请给我菜单
I am hungry|我饿了
I am thirsty|我渴了
I am full|我吃饱了
It's delicious|很好吃
I don't eat meat|我不吃肉
Not too spicy, please|请不要太辣
Where is the toilet?|洗手间在哪里？
Where is the train station?|火车站在哪里？
Where is the airport?|机场在哪里？
Where is the hospital?|医院在哪里？
Where is the bank?|银行在哪里？
How do I get there?|怎么去那里？
Is it far?|远吗？
It's very close|很近
Turn left|向左转
Turn right|向右转
Go straight ahead|一直往前走
I am lost|我迷路了
Please stop here|请在这里停车
A ticket to Beijing, please|请给我一张去北京的票
What time does the train leave?|火车几点开？
I want to book a room|我想订一个房间
I have a reservation|我有预订
What time is it?|现在几点？
What day is it today?|今天星期几？
Wait a moment, please|请稍等
I am late|我迟到了
I am busy|我很忙
I have no time|我没有时间
Let's go|我们走吧
Come in, please|请进
Sit down, please|请坐
Hurry up|快点
Slow down|慢一点
Be careful|小心
Don't worry|别担心
Help!|救命！
Can you help me?|你能帮我吗？
I need help|我需要帮助
Call the police|请报警
Call an ambulance|请叫救护车
I don't feel well|我不舒服
I have a headache|我头疼
I have a cold|我感冒了
I have a fever|我发烧了
I am tired|我累了
I am happy|我很高兴
I am sad|我很难过
I like it|我喜欢
I don't like it|我不喜欢
I love you|我爱你
I miss you|我想你
I think so too|我也这么认为
I agree|我同意
I don't agree|我不同意
It's cold today|今天很冷
It's hot today|今天很热
It's raining|下雨了
It's snowing|下雪了
The weather is nice|天气很好
What are you doing?|你在做什么？
What do you like?|你喜欢什么？
What do you want to eat?|你想吃什么？
What do you want to drink?|你想喝什么？
What is your job?|你做什么工作？
Where do you live?|你住在哪里？
I live in Beijing|我住在北京
I live in London|我住在伦敦
Who is he?|他是谁？
Who is she?|她是谁？
What is this?|这是什么？
What is that?|那是什么？
Why?|为什么？
When?|什么时候？
Where?|在哪里？
How many?|多少个？
Which one?|哪一个？
This one|这个
That one|那个
May I come in?|我可以进来吗？
May I ask a question?|我可以问一个问题吗？
May I take a photo?|我可以拍照吗？
Can I use the internet here?|这里可以上网吗？
What is the password?|密码是什么？
My phone is broken|我的手机坏了
I forgot|我忘了
I remember|我记得
I am ready|我准备好了
I am at home|我在家
I am at work|我在上班
I am learning Chinese|我在学中文
I am learning English|我在学英语
Let me try|让我试试
Let me think|让我想一想
Tell me more|再多告诉我一些
It's up to you|由你决定
It's my turn|轮到我了
That's all|就这些
Never mind|算了
Not at all|一点也不
Me too|我也是
After you|您先请
Make yourself at home|请别客气
The door is open|门开着
The shop is closed|商店关门了
"""
EVERYDAY: list[tuple[str, str]] = [tuple(line.split("|")) for line in _TEXT.strip().splitlines()]  # type: ignore[misc]
