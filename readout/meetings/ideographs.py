"""Ideographs: the simplified letter for a traditional one, and names of ideographs in Latin letters.

It must not be a dictionary: only letters that pages about meetings use are here, and none whose simplified form
depends on the word.
"""

from __future__ import annotations

import re

from anyascii import anyascii

_PAIRS = """
並并 亂乱 亞亚 來来 係系 俠侠 個个 們们 倫伦 偉伟 側侧 傑杰 備备 傳传 債债 傷伤 僅仅 價价 儀仪 億亿 優优 儲储 兒儿
內内 兩两 冊册 凍冻 凱凯 別别 創创 劃划 劇剧 劉刘 劍剑 動动 務务 勝胜 勞劳 勢势 勵励 匯汇 區区 協协 參参 吳吴 呂吕
員员 問问 啟启 喬乔 單单 嚴严 國国 圍围 園园 圖图 團团 執执 報报 場场 孫孙 學学 宮宫 寧宁 審审 將将 專专 對对 導导
屆届 層层 屬属 岡冈 島岛 嶺岭 師师 帶带 幹干 幾几 廢废 廣广 廳厅 張张 強强 彈弹 彙汇 後后 從从 態态 慣惯 慮虑 慶庆
應应 懷怀 戰战 戶户 拋抛 採采 換换 損损 搶抢 摯挚 擁拥 擇择 擊击 據据 擬拟 擴扩 攝摄 敗败 敵敌 數数 斷断 於于 時时
晉晋 暫暂 曆历 書书 會会 東东 條条 棄弃 楊杨 業业 極极 構构 槍枪 樂乐 樓楼 標标 樣样 橋桥 機机 橫横 檢检 檯台 權权
欽钦 歐欧 歡欢 歲岁 歷历 歸归 殘残 殺杀 毀毁 氣气 決决 沖冲 況况 測测 湯汤 準准 溫温 滲渗 滿满 漢汉 潛潜 澤泽 濃浓
濟济 濱滨 瀾澜 灣湾 災灾 為为 烏乌 無无 煉炼 煙烟 熱热 營营 爭争 爾尔 牽牵 獄狱 獎奖 獨独 獲获 瑪玛 環环 瓊琼 產产
畢毕 畫画 異异 當当 療疗 發发 盜盗 盡尽 監监 盤盘 盧卢 眾众 確确 礎础 礦矿 禮礼 稅税 種种 稱称 積积 穩稳 競竞 筆笔
節节 範范 築筑 簡简 簽签 糧粮 糾纠 紀纪 約约 紅红 納纳 紐纽 純纯 級级 紮扎 細细 紹绍 終终 組组 結结 絕绝 絡络 給给
統统 絲丝 經经 綜综 綠绿 維维 網网 緊紧 緒绪 線线 緝缉 緣缘 編编 緩缓 縮缩 總总 績绩 繆缪 織织 繼继 續续 罰罚 罷罢
羅罗 義义 習习 聖圣 聞闻 聯联 聲声 職职 聽听 肅肃 膽胆 臨临 臺台 與与 興兴 舉举 艦舰 茲兹 莊庄 華华 萊莱 萬万 葉叶
蓋盖 蓮莲 蔣蒋 蔭荫 蕭萧 薩萨 蘇苏 蘊蕴 蘭兰 處处 虛虚 號号 蟲虫 衆众 術术 衛卫 衝冲 衞卫 裏里 補补 裝装 裡里 製制
複复 襲袭 覆复 見见 視视 親亲 覽览 觀观 觸触 訂订 計计 訊讯 討讨 訓训 託托 記记 訪访 設设 許许 訴诉 註注 詐诈 評评
詞词 詢询 試试 話话 該该 詳详 誇夸 誌志 認认 語语 誠诚 誤误 說说 課课 調调 談谈 請请 諒谅 論论 諜谍 諮咨 諾诺 謀谋
謝谢 謹谨 證证 識识 譯译 議议 護护 讀读 變变 讓让 豐丰 豬猪 貝贝 負负 貢贡 貧贫 貨货 販贩 責责 貴贵 買买 費费 貿贸
賀贺 賂赂 賄贿 資资 賈贾 賓宾 賢贤 賣卖 賦赋 質质 賴赖 購购 賽赛 贈赠 趙赵 車车 軍军 較较 載载 輪轮 輯辑 輸输 轉转
辦办 辭辞 農农 這这 連连 週周 進进 運运 過过 達达 遜逊 遠远 適适 遲迟 選选 遼辽 邁迈 還还 邊边 邏逻 郵邮 鄉乡 鄒邹
鄧邓 鄭郑 鄰邻 醫医 釋释 銀银 銘铭 銷销 鋒锋 錄录 錢钱 錦锦 錫锡 鍵键 鍾钟 鎖锁 鎮镇 鐘钟 鐵铁 長长 門门 閉闭 開开
間间 閣阁 閱阅 閻阎 關关 陣阵 陳陈 陸陆 陽阳 隊队 際际 隨随 險险 隸隶 雖虽 雙双 雜杂 離离 難难 雲云 電电 靈灵 韋韦
韓韩 頁页 順顺 須须 預预 頓顿 領领 頭头 頻频 題题 額额 顏颜 願愿 顛颠 類类 顧顾 顯显 風风 飛飞 飯饭 館馆 馬马 馮冯
馳驰 駐驻 駿骏 騙骗 騰腾 驅驱 驗验 體体 鬥斗 魚鱼 魯鲁 鮑鲍 鳥鸟 鵬鹏 鹽盐 麗丽 麥麦 黃黄 點点 黨党 齊齐 齋斋 齡龄
龍龙 龐庞 龔龚 龜龟
"""

# Traditional letters by what they are folded to.
LETTERS = {pair[0]: pair[1] for pair in _PAIRS.split()}

_NAME = re.compile(r"[\u3400-\u9fff]+")
_LONGEST_CHINESE = 3


def spelt(name: str) -> str:
    """`name` with its ideographs spelt in Latin letters, a Chinese surname apart from the given name.

    >>> spelt("王小洪"), spelt("托卡耶夫"), spelt("弗拉基米尔·普京")
    ('Wang Xiaohong', 'Tuokayefu', 'Fulajimier Pujing')
    """
    is_chinese = bool(_NAME.fullmatch(name)) and len(name) <= _LONGEST_CHINESE

    def latin(m: re.Match[str]) -> str:
        sounds = [anyascii(letter).lower() for letter in m.group()]
        words = ["".join(part) for part in ((sounds[:1], sounds[1:]) if is_chinese else (sounds,))]
        return " ".join(words).title()

    return re.sub(r"(?<=[a-z])[·•・‧](?=[A-Z])", " ", _NAME.sub(latin, name))
