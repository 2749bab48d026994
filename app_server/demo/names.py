"""Invented Chinese names and phone numbers. Frequencies follow the common surnames; no list of real people was used."""

from random import Random

# The commonest surnames, roughly by their share (公安部 户政管理研究中心, 全国姓名报告).
_SURNAMES = (
    "王王王王王王王李李李李李李李张张张张张张张刘刘刘刘刘陈陈陈陈杨杨杨黄黄赵赵赵吴吴周周徐徐孙孙孙马马朱朱胡胡林郭郭何高高梁郑罗宋宋谢唐韩曹许邓"
    "冯冯萧程蔡彭潘袁于于董董余苏叶吕魏蒋田杜杜丁沈姜姜范江傅钟卢汪戴崔崔任陆廖姚方金金邱夏谭韦贾邹石熊孟秦阎薛侯雷白龙段郝孔邵史毛常万顾赖武康贺严尹钱"
)
_COMPOUND = ("欧阳", "司马", "上官", "诸葛", "慕容")
_FEMALE = "芳娜敏静丽娟艳秀玲霞燕萍红梅兰英华慧莉丹雪琳洁婷颖倩欣怡佳雨涵梓萱诗思语嘉若妍瑶"
_MALE = "伟强磊军勇涛斌超杰鹏辉刚健明亮峰宇浩轩博文志建国平海波成龙俊泽睿子铭晨阳天佑瑞凯"
_SINGLE_SHARE = 0.28
_RARE_SHARE = 0.05
_COMPOUND_SHARE = 0.006
# Given-name characters outside GB2312, the set that old systems cannot show; they must look right everywhere.
BEYOND_GB2312 = "玥喆翀堃婳昇璟瑄頔赟旻"

# No operator has 154 (libphonenumber 9, region CN: mobile numbers are 15[0-35-9]…), so a demo call reaches nobody.
PHONE_PREFIX = "154"


def person_name(random: Random) -> str:
    """A surname with one or two given characters."""
    surname = random.choice(_COMPOUND) if random.random() < _COMPOUND_SHARE else random.choice(_SURNAMES)
    given = random.choice((_FEMALE, _MALE))
    first = random.choice(BEYOND_GB2312) if random.random() < _RARE_SHARE else random.choice(given)
    return surname + first if random.random() < _SINGLE_SHARE else surname + first + random.choice(given)


def phone_number(number: int) -> str:
    """The demo's phone number of that number, each another one; scattered, so that last digits tell them apart."""
    return f"{PHONE_PREFIX}{number * 61_803_399 % 100_000_000:08d}"
