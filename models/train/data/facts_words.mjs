// Words left out of every list, and translations written by hand where the automatic choice would be poor. Chosen for this project.
export const dropWords = new Set(
  `the and for not with that this but are was has had did been being its his her him she they them then their our you your who whom whose which what than
ass bitch bastard damn hell shit fuck cock prick dick whore slut rape rapist naked nude sex sexual sexy penis vagina nigger negro faggot kill murder suicide orgasm erotic drug heroin cocaine
jew nazi slave genocide porn virgin bum crap piss tit tits boob breast nipple anus retard queer lesbian homosexual hitler`.split(
    /\s+/,
  ),
);

// English:Chinese, one sense each. An empty Chinese side leaves the word out. Each Chinese word stands once, so that both directions have one answer.
export const pairFixes = Object.fromEntries(
  `
person:人 have:有 say:说 make:做 group:小组 man:男人 see:看见 location:位置 know:知道 come:来 give:给 use:使用 get:得到 take:拿 find:找到 seem:似乎 more:更多 time:时间 think:想 tell:告诉
become:成为 feel:感觉 two:二 now:现在 only:只有 one:一 other:其他 look:看 begin:开始 year:年 work:工作 show:展示 first:第一 even:甚至 want:想要 need:需要 also:也 leave:离开 way:方法 try:尝试
new:新 place:地方 face:脸 just:刚刚 hear:听见 form:形式 hold:握住 day:天 many:许多 still:仍然 most:最多 keep:保持 youth:青年 thing:东西 stand:站 start: provide:提供 head:头 play:玩 mean:意思
very:很 here:这里 run:跑 too: good:好 include:包括 move:移动 people:人们 back:后面 eye:眼睛 little: all:全部 turn:转 put:放 change:改变 call:打电话 appear:出现 long:长 follow:跟随 hand:手 help:帮助 life:生命
study:学习 never:从不 part:部分 again:再次 open:打开 bring:带来 expect:期待 live:生活 same:相同 write:写 reach:到达 small:小 three:三 believe:相信 consider:考虑 let:让 end:结束 present:礼物 increase:增加
receive:收到 last:最后 high:高 number:数字 lead:带领 figure: area:面积 continue:继续 result:结果 child:孩子 serve:服务 however:然而 pay:付钱 old:老 remain:剩下 right:右 report:报告 walk:走路 problem:问题
lie:谎言 line:线 add:加 like:喜欢 boy:男孩 develop:发展 meet:见面 return:返回 point:点 fight:打架 grow:生长 always:总是 cause:原因 happen:发生 watch:手表 close:关闭 force:力量 home:家 light:光 there:那里
foot:脚 indicate:表明 wait:等待 water:水 sit:坐 ask:问 remember:记得 pass:通过 require:要求 house:房子 great:伟大 set: speak:说话 almost:几乎 determine:决定 side:旁边 voice:声音 stop:停止 friend:朋友 hope:希望
field:田野 experience:经验 mind:头脑 plan:计划 read:读 body:身体 world:世界 night:夜晚 case:案件 lose:失去 soldier:士兵 enough:足够 talk:谈话 moment:片刻 well: certain:某些 carry:携带 produce:生产 idea:主意
name:名字 possible:可能 program:程序 sound: girl:女孩 often:经常 learn: offer: important:重要 understand:理解 cover:覆盖 interest:兴趣 die:死 far:远 information:信息 school:学校 drive:开车 fire:火 second:秒
word:单词 answer:回答 send:发送 contain:包含 once:曾经 some:一些 type:类型 allow:允许 early:早 four:四 surface:表面 thus:因此 effect:效果 fall:落下 woman:女人 down:向下 enter:进入 build:建造 large:巨大
later:以后 nothing:没有什么 action:行动 door:门 create:创造 several:几个 cost:费用 spend:花费 value:价值 development: family:家庭 obtain:获得 complete:完成 decide: fact:事实 general:将军 next:下一个 describe:描述
different:不同 raise:举起 reduce:减少 kind:种类 love:爱 room:房间 church:教堂 material:材料 position: rise:上升 establish:建立 stay:停留 support:支持 explain:解释 level:水平 fear:害怕 amount:数量 country:国家
job:职业 perhaps:也许 best:最好 big:大 drop:掉 rate:比率 less:更少 officer:军官 control:控制 design:设计 direct:直接 power:权力 whole:整个 city:城市 dark:黑暗 individual:个人 seek:寻找 win:赢 attempt:企图 cell:细胞
god:神 reason:理由 record:记录 spirit:精神 wear:穿 clear:清楚 hour:小时 young:年轻 arm:手臂 wonder:奇迹 accept:接受 approach:接近 view:观点 express:表达 ground:地面 probably:大概 system:系统 today:今天 plant:植物
public:公共 sense: center:中心 choose:选择 claim:声称 draw:画 feed:喂 order:命令 share:分享 suddenly:突然 suggest:建议 fail:失败 government:政府 smile:微笑 wish:愿望 already:已经 apply:申请 five:五 history:历史
list:列表 month:月 range:范围 recognize:认出 tree:树 week:周 age:年龄 purpose:目的 war:战争 company:公司 exist:存在 low:低 break:打破 buy:买 horse:马 pressure:压力 rest:休息 assume:假定 century:世纪 really:真的
throw:扔 base:基地 care:关心 mother:母亲 picture:图片 prevent:防止 remove:去掉 thought:思想 business:生意 course:课程 permit:许可 achieve:实现 deal:交易 land:土地 visit:参观 fill:填满 sometimes:有时 evidence:证据
hard:硬 listen:听 sure:肯定 wall:墙 gun:枪 minute:分钟 shoot:射击 law:法律 past:过去 period:时期 road:路 sell:卖 usually:通常 cut:切 experiment:实验 measure:测量 method: earth:地球 office:办公室 ride:骑 society:社会
catch:抓住 half:一半 social: activity:活动 agree:同意 difference:差别 enjoy:享受 money:钱 temperature:温度 white:白色 alone:独自 announce:宣布 condition:条件 forget:忘记 mention:提到 street:街道 dead: true:真
wave:波浪 attend:参加 third:第三 morning:早晨 observe:观察 teach:教 therefore:所以 battle:战斗 discover:发现 full:满 function:功能 mass:质量 product:产品 single:单身 strike:罢工 fellow: file:文件 sing:唱歌
air:空气 blue:蓝色 game:游戏 leg:腿 bear:熊 heart:心脏 situation:情况 enemy:敌人 finally:终于 prepare:准备 six:六 stage:舞台 supply:供应 treat:治疗 community:社区 distance:距离 father:父亲 national: necessary:必要
sleep:睡觉 suppose:假设 table:桌子 window:窗户 able:能够 feature:特点 laugh:笑 push:推 reflect:反射 smoke:烟 student:学生 shake:摇 about:关于 meaning:意义 save:保存 subject:主题 ten:十 touch:触摸 town:城镇 wage:工资
attitude:态度 compare:比较 eat:吃 improve:改善 left:左 member:成员 normal:正常 short:短 slowly:慢慢 admit:承认 attention:注意 direction:方向 doctor:医生 imagine:想象 influence:影响 test:测试 average:平均 data:数据
object:物体 patient:病人 pull:拉 quality: reply:答复 rifle:步枪 sign:标志 check:检查 deny:否认 forward:向前 mark:记号 near:近 notice:通知 red:红色 size:大小 swing:秋千 art:艺术 easy:容易 hang:悬挂 price:价格 rule:规则
car:汽车 lack:缺乏 letter:信 literature:文学 modern:现代 pattern:图案 simple:简单 tall: black:黑色 common:常见 contribute:贡献 desire:欲望 destroy:破坏 finish: paper:纸 regard: region:地区 religion:宗教 scene:场景
separate:分开 success:成功 theory:理论 dream:梦 each:每个 economic:经济 industry:工业 march:三月 shape:形状 together:一起 training:训练 trouble:麻烦 color:颜色 gain: process:过程 source:来源 spread:传播
strong:强 total:总数 attack:攻击 audience:观众 command: drink:喝 expression:表情 extend:延长 mouth:嘴 movement:运动 ready:准备好 score:分数 shoulder:肩膀 special:特别 animal:动物 before:以前 election:选举 event:事件
handle:处理 husband:丈夫 refuse:拒绝 sample:样品 sort: corner:角落 cry:哭 fly:飞 future:未来 guess:猜 opportunity:机会 similar:相似 south:南 suffer:受苦 top:顶部 wide:宽 basis:基础 encourage:鼓励 especially:尤其
estimate:估计 film:电影 free:免费 blood:血 cross:十字 deep:深 example:例子 item:项目 late:晚 music:音乐 nature:自然 perform:表演 book:书 growth: percent:百分之 repeat:重复 worry:担心 affect: army:军队 around:周围
difficult:困难 piece:块 space:空间 story:故事 aid:援助 bad:坏 basic:基本 firm: miss:想念 party:聚会 political:政治 shout:喊 technique:技巧 train:火车 fit:适合 front:前面 hot:热 performance: promise:承诺 settle:定居
kid: policy:政策 property:财产 shelter:庇护 soon:很快 tax:税 cold:冷 flow:流 hair:头发 hate:恨 practice:练习 trade:贸易 treatment: address:地址 court:法院 education:教育 gray:灰色 limit:限制 pretty:漂亮 replace:代替
role:角色 roll:滚 spring:春天 store:商店 summer:夏天 sun:太阳 vote:投票 board:木板 dust:灰尘 employ:雇用 instead:反而 language:语言 lip:嘴唇 pain:痛苦 travel:旅行 bed:床 effective:有效 final:最终 private:私人
recommend:推荐 ship:船 speed:速度 strange:奇怪 certainly:当然 finger:手指 knee:膝盖 lift:电梯 organization:组织 payment:付款 reaction:反应 river:河 above:上面 benefit:好处 character:性格 comment:评论 mile:英里
outside:外面 pound:英镑 publish:出版 dog:狗 cat:猫 bird:鸟 fish:鱼 cow:奶牛 pig:猪 sheep:绵羊 chicken:鸡 duck:鸭子 mouse:老鼠 rabbit:兔子 tiger:老虎 lion:狮子 elephant:大象 monkey:猴子 snake:蛇 frog:青蛙 bee:蜜蜂
butterfly:蝴蝶 ant:蚂蚁 spider:蜘蛛 wolf:狼 fox:狐狸 apple:苹果 banana:香蕉 orange:橙子 pear:梨 grape:葡萄 peach:桃子 lemon:柠檬 strawberry:草莓 watermelon:西瓜 cherry:樱桃 tomato:西红柿 potato:土豆 carrot:胡萝卜
onion:洋葱 garlic:大蒜 cucumber:黄瓜 corn:玉米 bean:豆子 rice:米饭 noodle:面条 bread:面包 cake:蛋糕 egg:鸡蛋 meat:肉 beef:牛肉 pork:猪肉 milk:牛奶 tea:茶 coffee:咖啡 juice:果汁 beer:啤酒 wine:葡萄酒 sugar:糖 salt:盐
pepper:胡椒 oil:油 butter:黄油 cheese:奶酪 soup:汤 breakfast:早餐 lunch:午餐 dinner:晚餐 cup:杯子 plate:盘子 bowl:碗 knife:刀 fork:叉子 spoon:勺子 chopsticks:筷子 bottle:瓶子 chair:椅子 sofa:沙发 lamp:灯 clock:时钟
mirror:镜子 key:钥匙 phone:电话 computer:电脑 television:电视 radio:收音机 camera:照相机 bag:包 box:盒子 umbrella:雨伞 shirt:衬衫 shoe:鞋 hat:帽子 coat:外套 dress:连衣裙 skirt:裙子 trousers:裤子 sock:袜子 glove:手套
glasses:眼镜 ring:戒指 pen:钢笔 pencil:铅笔 eraser:橡皮 ruler:尺子 teacher:老师 class:班级 lesson: exam:考试 library:图书馆 hospital:医院 nurse:护士 medicine:药 bank:银行 shop: market:市场 restaurant:餐厅 hotel:酒店
airport:机场 station:车站 bus:公共汽车 bicycle:自行车 airplane:飞机 subway:地铁 taxi:出租车 bridge:桥 park:公园 garden:花园 flower:花 grass:草 leaf:叶子 forest:森林 mountain:山 sea:海 lake:湖 island:岛 desert:沙漠 beach:海滩
sky:天空 moon:月亮 star:星星 cloud:云 rain:雨 snow:雪 wind:风 ice:冰 storm:暴风雨 weather:天气 autumn:秋天 winter:冬天 north:北 east:东 west:西 seven:七 eight:八 nine:九 hundred:百 thousand:千 million:百万
green:绿色 yellow:黄色 brown:棕色 pink:粉色 purple:紫色 gold:金子 silver:银子 iron:铁 wood:木头 stone:石头 glass:玻璃 nose:鼻子 ear:耳朵 tooth:牙齿 tongue:舌头 neck:脖子 skin:皮肤 bone:骨头 brain:大脑 stomach:胃
brother:兄弟 sister:姐妹 son:儿子 daughter:女儿 wife:妻子 uncle:叔叔 aunt:阿姨 grandfather:爷爷 grandmother:奶奶 baby:婴儿 neighbor:邻居 guest:客人 king:国王 queen:王后 prince:王子 princess:公主 farmer:农民 worker:工人
engineer:工程师 lawyer:律师 cook:厨师 driver:司机 artist:艺术家 writer:作家 singer:歌手 actor:演员 scientist:科学家 police:警察 boss:老板 happy:快乐 sad:悲伤 angry:生气 tired:疲倦 hungry:饥饿 thirsty:口渴 busy:忙 lazy:懒
brave:勇敢 honest:诚实 clever:聪明 stupid:笨 beautiful:美丽 ugly:丑 rich:富有 poor:贫穷 cheap:便宜 expensive:贵 fast:快 slow:慢 warm:温暖 cool:凉爽 dry:干燥 wet:湿 clean:干净 dirty:脏 heavy:重 thin:瘦 fat:胖
thick:厚 narrow:窄 sweet:甜 sour:酸 bitter:苦 spicy:辣 fresh:新鲜 safe:安全 dangerous:危险 healthy:健康 sick:生病 quiet:安静 loud:大声 empty:空 soft:软 sharp:锋利 round:圆 square:正方形 yesterday:昨天 tomorrow:明天
afternoon:下午 evening:晚上 noon:中午 monday:星期一 tuesday:星期二 wednesday:星期三 thursday:星期四 friday:星期五 saturday:星期六 sunday:星期日 january:一月 february:二月 april:四月 june:六月 july:七月 august:八月
september:九月 october:十月 november:十一月 december:十二月 swim:游泳 dance:跳舞 jump:跳 climb:爬 wash:洗 sweep:扫 borrow:借 lend: repair:修理 hide:躲藏 kiss:吻 hug:拥抱 marry:结婚 divorce:离婚 invite:邀请 thank:感谢
forgive:原谅 science:科学 mathematics:数学 physics:物理 chemistry:化学 biology:生物学 geography:地理 philosophy:哲学 football:足球 basketball:篮球 tennis:网球 chess:国际象棋 piano:钢琴 guitar:吉他 violin:小提琴 drum:鼓
newspaper:报纸 magazine:杂志 dictionary:词典 novel:小说 poem:诗 song:歌曲 photo:照片 map:地图 ticket:票 passport:护照 luggage:行李 holiday:假期 birthday:生日 festival:节日 gift: toy:玩具 ball:球 doll:洋娃娃 kite:风筝
peace:和平 freedom:自由 culture:文化 tradition:传统 health: energy:能量 electricity:电 engine:发动机 machine:机器 robot:机器人 internet:互联网 software:软件 keyboard:键盘 screen:屏幕 password:密码 email:电子邮件 website:网站
kitchen:厨房 bathroom:浴室 bedroom:卧室 floor:地板 roof:屋顶 stairs:楼梯 wallet:钱包 coin:硬币 factory:工厂 farm:农场 village:村庄 capital:首都 map: palace:宫殿 temple:寺庙 tower:塔 museum:博物馆 theater:剧院 cinema:电影院
zoo:动物园 panda:熊猫 dragon:龙 ghost:鬼 angel:天使 secret:秘密 joke:笑话 mistake:错误 difficulty: advice: chance: choice: courage:勇气 wisdom:智慧 friendship:友谊 luck:运气 pride:骄傲 shame:羞耻 joy:喜悦 anger:愤怒
bamboo:竹子 rose:玫瑰 pine:松树 seed:种子 root:根 fruit:水果 vegetable:蔬菜 soap:肥皂 towel:毛巾 toothbrush:牙刷 comb:梳子 blanket:毯子 pillow:枕头 curtain:窗帘 candle:蜡烛 rope:绳子 needle:针 scissors:剪刀 hammer:锤子
memory:记忆 urge:催促 escape:逃跑 honor:荣誉 burn:燃烧 doubt:怀疑 noise:噪音 smell:气味 circle:圆圈 standard:标准 device:设备 achievement:成就 exchange:交换 fourth:第四 rage: taste:味道 retire:退休 blame:责怪 error: nice: speech:演讲 multiply: funny:好笑 famous:著名 useful:有用 belief:信念 fix: matter: tie:领带 pitcher: dish:菜 alarm:警报 vessel: lecture:讲座 college:学院 stamp:邮票 fraction: various:各种 act: release:释放 beat: labor:劳动 clothes:衣服 career:事业 environment:环境 copy:复制 married: instruction:指示 oppose:反对 defense:防守 companion:伙伴 hire: pure:纯净 tough: rank: career:事业 fully:完全 completely: nervous:紧张 confused: strategy:策略 profession: canteen: impressive: useful:有用 potential:潜力 escape:逃跑 threaten:威胁
step:步骤 sentence:句子 female:女性 male:男性 search:搜索 display:显示 race:比赛 label:标签 survey:调查 post: fool:傻瓜 equal:相等 professional:专业 captain:船长 found: universal:普遍 may: through: dash: will: painting:绘画 calculate:计算 owner:主人 host: depression: while: lost: rather: indeed: following: tend: merely: steps: count:计数 writing: excellent:优秀 heavily: sharply: length:长度 trip: swell: exception:例外 musician:音乐家 cigarette:香烟 saddle:马鞍 intense: translate:翻译 possibly: slightly:稍微 woods: site: corporation: approve:批准 evaluate:评价 float:漂浮 neglect:忽视 uphold: presumably: enthusiasm:热情 furious:狂怒 prevail: adopt:采用 armed: legal:合法 leap: moreover:而且 original:原来 yes:是 gate:大门 food:食物 hello: goodbye: please:请 sorry: thanks:
`
    .trim()
    .split(/\s+/)
    .map((pair) => pair.split(':')),
);
