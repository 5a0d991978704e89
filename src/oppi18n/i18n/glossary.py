"""placeholder"""
class Glossary:
    def hints(self, text, locale): return ()
def of_packs(packs): return Glossary()
