// Chinese names that world-countries and periodic-table lack, and corrections to oddities found in them. Written for this project.
const table = (text) => Object.fromEntries(text.trim().split(/\s+/).map((pair) => pair.split(":")));

export const capitalsZh = table(`
AFG:喀布尔 AGO:罗安达 ALB:地拉那 AND:安道尔城 ARE:阿布扎比 ARG:布宜诺斯艾利斯 ARM:埃里温 ATG:圣约翰 AUS:堪培拉 AUT:维也纳 AZE:巴库 BDI:基特加 BEL:布鲁塞尔
BEN:波多诺伏 BFA:瓦加杜古 BGD:达卡 BGR:索非亚 BHR:麦纳麦 BHS:拿骚 BIH:萨拉热窝 BLR:明斯克 BLZ:贝尔莫潘 BOL:苏克雷 BRA:巴西利亚 BRB:布里奇敦 BRN:斯里巴加湾市
BTN:廷布 BWA:哈博罗内 CAF:班吉 CAN:渥太华 CHE:伯尔尼 CHL:圣地亚哥 CHN:北京 CIV:亚穆苏克罗 CMR:雅温得 COD:金沙萨 COG:布拉柴维尔 COL:波哥大 COM:莫罗尼
CPV:普拉亚 CRI:圣何塞 CUB:哈瓦那 CYP:尼科西亚 CZE:布拉格 DEU:柏林 DJI:吉布提市 DMA:罗索 DNK:哥本哈根 DOM:圣多明各 DZA:阿尔及尔 ECU:基多 EGY:开罗 ERI:阿斯马拉
ESP:马德里 EST:塔林 ETH:亚的斯亚贝巴 FIN:赫尔辛基 FJI:苏瓦 FRA:巴黎 FSM:帕利基尔 GAB:利伯维尔 GBR:伦敦 GEO:第比利斯 GHA:阿克拉 GIN:科纳克里 GMB:班珠尔
GNB:比绍 GNQ:马拉博 GRC:雅典 GRD:圣乔治 GTM:危地马拉城 GUY:乔治敦 HND:特古西加尔巴 HRV:萨格勒布 HTI:太子港 HUN:布达佩斯 IDN:雅加达 IND:新德里 IRL:都柏林
IRN:德黑兰 IRQ:巴格达 ISL:雷克雅未克 ISR:耶路撒冷 ITA:罗马 JAM:金斯敦 JOR:安曼 JPN:东京 KAZ:阿斯塔纳 KEN:内罗毕 KGZ:比什凯克 KHM:金边 KIR:南塔拉瓦 KNA:巴斯特尔
KOR:首尔 KWT:科威特城 LAO:万象 LBN:贝鲁特 LBR:蒙罗维亚 LBY:的黎波里 LCA:卡斯特里 LIE:瓦杜兹 LKA:斯里贾亚瓦德纳普拉科特 LSO:马塞卢 LTU:维尔纽斯 LUX:卢森堡市
LVA:里加 MAR:拉巴特 MCO:摩纳哥 MDA:基希讷乌 MDG:塔那那利佛 MDV:马累 MEX:墨西哥城 MHL:马朱罗 MKD:斯科普里 MLI:巴马科 MLT:瓦莱塔 MMR:内比都 MNE:波德戈里察
MNG:乌兰巴托 MOZ:马普托 MRT:努瓦克肖特 MUS:路易港 MWI:利隆圭 MYS:吉隆坡 NAM:温得和克 NER:尼亚美 NGA:阿布贾 NIC:马那瓜 NLD:阿姆斯特丹 NOR:奥斯陆 NPL:加德满都
NRU:亚伦 NZL:惠灵顿 OMN:马斯喀特 PAK:伊斯兰堡 PAN:巴拿马城 PER:利马 PHL:马尼拉 PLW:恩吉鲁穆德 PNG:莫尔兹比港 POL:华沙 PRK:平壤 PRT:里斯本 PRY:亚松森 QAT:多哈
ROU:布加勒斯特 RUS:莫斯科 RWA:基加利 SAU:利雅得 SDN:喀土穆 SEN:达喀尔 SGP:新加坡 SLB:霍尼亚拉 SLE:弗里敦 SLV:圣萨尔瓦多 SMR:圣马力诺市 SOM:摩加迪沙 SRB:贝尔格莱德
SSD:朱巴 STP:圣多美 SUR:帕拉马里博 SVK:布拉迪斯拉发 SVN:卢布尔雅那 SWE:斯德哥尔摩 SWZ:姆巴巴内 SYC:维多利亚 SYR:大马士革 TCD:恩贾梅纳 TGO:洛美 THA:曼谷 TJK:杜尚别
TKM:阿什哈巴德 TLS:帝力 TON:努库阿洛法 TTO:西班牙港 TUN:突尼斯市 TUR:安卡拉 TUV:富纳富提 TZA:多多马 UGA:坎帕拉 UKR:基辅 URY:蒙得维的亚 USA:华盛顿 UZB:塔什干
VAT:梵蒂冈城 VCT:金斯敦 VEN:加拉加斯 VNM:河内 VUT:维拉港 WSM:阿皮亚 YEM:萨那 ZAF:比勒陀利亚、布隆方丹和开普敦 ZMB:卢萨卡 ZWE:哈拉雷`);
capitalsZh.VCT = "金斯敦";

// Eswatini: the seat of government; Sri Lanka: the official capital. Both differ from the package.
export const countryFixes = {
  SWZ: { capital: "Mbabane" }, LKA: { capital: "Sri Jayawardenepura Kotte" }, DMA: { zh: "多米尼克" }, MKD: { zh: "北马其顿" }, COD: { zh: "刚果民主共和国" },
  COG: { zh: "刚果共和国" }, USA: { capital: "Washington, D.C." }, BIH: { zh: "波黑" }, ARE: { zh: "阿联酋" }, CAF: { zh: "中非共和国" }, SMR: { capital: "San Marino" },
  TUR: { en: "Turkey" }, MNG: { capital: "Ulaanbaatar" }, MDA: { capital: "Chisinau" }, BRA: { capital: "Brasilia" }, COL: { capital: "Bogota" }, CRI: { capital: "San Jose" },
  CMR: { capital: "Yaounde" }, MDV: { capital: "Male" }, PRY: { capital: "Asuncion" }, TGO: { capital: "Lome" }, STP: { en: "Sao Tome and Principe", capital: "Sao Tome" },
  ATG: { capital: "St. John's" }, DJI: { capital: "Djibouti City" }, LUX: { capital: "Luxembourg City" },
};
export const englishAliases = {
  USA: ["the United States", "the USA", "the US", "America"], GBR: ["the United Kingdom", "the UK", "Britain"], TUR: ["Türkiye"], MMR: ["Burma"], ARE: ["the UAE", "the United Arab Emirates"],
  CZE: ["the Czech Republic"], NLD: ["the Netherlands"], PHL: ["the Philippines"], CIV: ["Côte d'Ivoire"], SWZ: ["Swaziland"], COD: ["the Democratic Republic of the Congo"],
  BHS: ["the Bahamas"], GMB: ["the Gambia"], MDV: ["the Maldives"], TLS: ["East Timor"], CPV: ["Cabo Verde"], MKD: ["Macedonia"], BIH: ["Bosnia"], DOM: ["the Dominican Republic"],
  KOR: ["Korea"],
};
export const chineseAliases = {
  USA: ["美利坚合众国"], GBR: ["大不列颠"], ARE: ["阿拉伯联合酋长国"], BIH: ["波斯尼亚和黑塞哥维那"], RUS: ["俄国"], DEU: ["德意志"], MYS: ["大马"], IDN: ["印尼"], COG: ["刚果（布）"], COD: ["刚果（金）"],
  SAU: ["沙特"], TLS: ["帝汶"], DOM: ["多米尼加共和国"],
};
export const languageFixes = {
  "Persian (Farsi)": "Persian", "Austro-Bavarian German": "German", "Swiss German": "German", Moldavian: "Romanian", "Norwegian Nynorsk": "Norwegian", "Norwegian Bokmål": "Norwegian", Sami: "",
  "New Zealand Sign Language": "", Nauru: "Nauruan", Sorani: "Kurdish", Aramaic: "", Slovene: "Slovenian", Latin: "Latin", Maldivian: "Dhivehi", Māori: "Maori", Guaraní: "Guarani",
};
export const languagesZh = Object.fromEntries(Object.entries({
  Dari: "达里语", Pashto: "普什图语", Turkmen: "土库曼语", Portuguese: "葡萄牙语", Albanian: "阿尔巴尼亚语", Catalan: "加泰罗尼亚语", Arabic: "阿拉伯语", Spanish: "西班牙语", Armenian: "亚美尼亚语",
  English: "英语", German: "德语", Azerbaijani: "阿塞拜疆语", Russian: "俄语", French: "法语", Kirundi: "基隆迪语", Dutch: "荷兰语", Bengali: "孟加拉语", Bulgarian: "保加利亚语", Bosnian: "波斯尼亚语",
  Croatian: "克罗地亚语", Serbian: "塞尔维亚语", Belarusian: "白俄罗斯语", Malay: "马来语", Dzongkha: "宗卡语", Tswana: "茨瓦纳语", Sango: "桑戈语", Italian: "意大利语", Chinese: "汉语", Swahili: "斯瓦希里语",
  Greek: "希腊语", Turkish: "土耳其语", Czech: "捷克语", Slovak: "斯洛伐克语", Danish: "丹麦语", Tigrinya: "提格里尼亚语", Estonian: "爱沙尼亚语", Amharic: "阿姆哈拉语", Finnish: "芬兰语", Swedish: "瑞典语",
  Fijian: "斐济语", Georgian: "格鲁吉亚语", "Haitian Creole": "海地克里奥尔语", Hungarian: "匈牙利语", Indonesian: "印度尼西亚语", Hindi: "印地语", Tamil: "泰米尔语", Irish: "爱尔兰语", Persian: "波斯语",
  Kurdish: "库尔德语", Icelandic: "冰岛语", Hebrew: "希伯来语", Japanese: "日语", Kazakh: "哈萨克语", Kyrgyz: "吉尔吉斯语", Khmer: "高棉语", Korean: "韩语", Lao: "老挝语", Sinhala: "僧伽罗语", Sotho: "索托语",
  Lithuanian: "立陶宛语", Luxembourgish: "卢森堡语", Latvian: "拉脱维亚语", Malagasy: "马达加斯加语", Dhivehi: "迪维希语", Macedonian: "马其顿语", Maltese: "马耳他语", Burmese: "缅甸语", Montenegrin: "黑山语",
  Mongolian: "蒙古语", Nepali: "尼泊尔语", Nauruan: "瑙鲁语", Maori: "毛利语", Urdu: "乌尔都语", Filipino: "菲律宾语", Polish: "波兰语", Romanian: "罗马尼亚语", Kinyarwanda: "卢旺达语", Somali: "索马里语",
  Slovenian: "斯洛文尼亚语", Swazi: "斯威士语", Thai: "泰语", Tajik: "塔吉克语", Tetum: "德顿语", Tongan: "汤加语", Tuvaluan: "图瓦卢语", Ukrainian: "乌克兰语", Uzbek: "乌兹别克语", Latin: "拉丁语",
  Vietnamese: "越南语", Bislama: "比斯拉马语", Samoan: "萨摩亚语", Norwegian: "挪威语", Guarani: "瓜拉尼语", Berber: "柏柏尔语", Marshallese: "马绍尔语", Palauan: "帕劳语", Comorian: "科摩罗语", Aymara: "艾马拉语",
  Quechua: "克丘亚语", Chewa: "齐切瓦语",
}));
// The currency to name where the package lists several or is out of date; "-" is for none.
export const currencyOf = {
  BTN: "BTN", CUB: "CUP", LSO: "LSL", NAM: "NAD", PAN: "PAB", SLV: "USD", KIR: "AUD", TLS: "USD", TUV: "AUD", BRN: "BND", SGP: "SGD", HTI: "HTG", CHE: "CHF", URY: "UYU", BIH: "BAM", BGR: "EUR", ZWE: "-",
  NRU: "AUD", HRV: "EUR", KHM: "KHR", CHL: "CLP", BOL: "BOB", SLE: "SLE",
};
export const currenciesZh = Object.fromEntries(Object.entries({
  AFN: "阿富汗尼", AOA: "宽扎", ALL: "列克", EUR: ["欧元", "euro"], AED: "阿联酋迪拉姆", ARS: "阿根廷比索", AMD: "德拉姆", XCD: "东加勒比元", AUD: ["澳大利亚元", "Australian dollar"], AZN: "阿塞拜疆马纳特",
  BIF: "布隆迪法郎", XOF: "西非法郎", BDT: "塔卡", BHD: "巴林第纳尔", BSD: "巴哈马元", USD: ["美元", "United States dollar"], BAM: "可兑换马克", BYN: "白俄罗斯卢布", BZD: "伯利兹元", BOB: "玻利维亚诺",
  BRL: "雷亚尔", BBD: "巴巴多斯元", BND: "文莱元", SGD: "新加坡元", BTN: "努扎姆", INR: "印度卢比", BWP: "普拉", XAF: "中非法郎", CAD: "加拿大元", CHF: "瑞士法郎", CLP: "智利比索", CNY: "人民币",
  CDF: "刚果法郎", COP: "哥伦比亚比索", KMF: "科摩罗法郎", CVE: "佛得角埃斯库多", CRC: "科朗", CUP: "古巴比索", CZK: "捷克克朗", DJF: "吉布提法郎", DKK: "丹麦克朗", DOP: "多米尼加比索", DZD: "阿尔及利亚第纳尔",
  EGP: "埃及镑", ERN: "纳克法", ETB: "比尔", FJD: "斐济元", GBP: ["英镑", "pound sterling"], GEL: ["拉里", "Georgian lari"], GHS: "塞地", GNF: "几内亚法郎", GMD: ["达拉西", "Gambian dalasi"], GTQ: "格查尔",
  GYD: "圭亚那元", HNL: "伦皮拉", HTG: "古德", HUF: "福林", IDR: "印度尼西亚盾", IRR: "伊朗里亚尔", IQD: "伊拉克第纳尔", ISK: "冰岛克朗", ILS: "新谢克尔", JMD: "牙买加元", JOD: "约旦第纳尔", JPY: "日元",
  KZT: "坚戈", KES: "肯尼亚先令", KGS: "索姆", KHR: "瑞尔", KRW: "韩元", KWD: "科威特第纳尔", LAK: "基普", LBP: "黎巴嫩镑", LRD: "利比里亚元", LYD: "利比亚第纳尔", LKR: "斯里兰卡卢比", LSL: "洛蒂", ZAR: "兰特",
  MAD: "摩洛哥迪拉姆", MDL: "摩尔多瓦列伊", MGA: "阿里亚里", MVR: "拉菲亚", MXN: "墨西哥比索", MKD: ["代纳尔", "Macedonian denar"], MMK: "缅元", MNT: ["图格里克", "Mongolian tugrik"], MZN: "梅蒂卡尔",
  MRU: "乌吉亚", MUR: "毛里求斯卢比", MWK: "马拉维克瓦查", MYR: "林吉特", NAD: "纳米比亚元", NGN: "奈拉", NIO: "科多巴", NOK: "挪威克朗", NPR: "尼泊尔卢比", NZD: "新西兰元", OMR: "阿曼里亚尔",
  PKR: "巴基斯坦卢比", PAB: "巴波亚", PEN: "索尔", PHP: "菲律宾比索", PGK: "基那", PLN: ["兹罗提", "Polish zloty"], KPW: "朝鲜元", PYG: "瓜拉尼", QAR: "卡塔尔里亚尔", RON: "罗马尼亚列伊", RUB: "卢布",
  RWF: "卢旺达法郎", SAR: "沙特里亚尔", SDG: "苏丹镑", SBD: "所罗门群岛元", SLE: ["利昂", "Sierra Leonean leone"], SOS: "索马里先令", RSD: "塞尔维亚第纳尔", SSP: "南苏丹镑", STN: ["多布拉", "dobra"],
  SRD: "苏里南元", SEK: "瑞典克朗", SZL: "里兰吉尼", SCR: "塞舌尔卢比", SYP: "叙利亚镑", THB: "泰铢", TJS: "索莫尼", TMT: "土库曼马纳特", TOP: ["潘加", "Tongan paanga"], TTD: "特立尼达和多巴哥元",
  TND: "突尼斯第纳尔", TRY: "土耳其里拉", TZS: "坦桑尼亚先令", UGX: "乌干达先令", UAH: "格里夫纳", UYU: "乌拉圭比索", UZS: ["苏姆", "Uzbekistani som"], VES: ["玻利瓦尔", "Venezuelan bolivar"],
  VND: ["越南盾", "Vietnamese dong"], VUV: "瓦图", WST: ["塔拉", "Samoan tala"], YER: "也门里亚尔", ZMW: "赞比亚克瓦查",
}).map(([code, value]) => [code, Array.isArray(value) ? value : [value]]));
export const elementNamesZh =
  "氢氦锂铍硼碳氮氧氟氖钠镁铝硅磷硫氯氩钾钙钪钛钒铬锰铁钴镍铜锌镓锗砷硒溴氪铷锶钇锆铌钼锝钌铑钯银镉铟锡锑碲碘氙铯钡镧铈镨钕钷钐铕钆铽镝钬铒铥镱镥铪钽钨铼锇铱铂金汞铊铅铋钋砹氡钫镭锕钍镤铀镎钚镅锔锫锎锿镄钔锘铹\u{2CB3B}\u{2CB4A}\u{2CB73}\u{2CB5B}\u{2CB76}\u9FCF\u{2B7FC}\u{2CB2D}\u9FD4\u9FED\u{2B4E7}\u9546\u{2B7F7}\u9FEC\u9FEB";
