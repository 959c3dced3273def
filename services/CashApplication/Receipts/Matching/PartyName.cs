using System.Collections.Frozen;
using System.Text;

namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>
/// Names of firms as banks write them: case, accents, punctuation, abbreviations and the legal form differ from one
/// bank to the next. A name is compared by the words that are left without all that.
/// </summary>
public static class PartyName
{
    /// <summary>
    /// Legal forms of the countries that firms mostly come from, as they read without dots and accents; longest first
    /// where one is the beginning of another.
    /// </summary>
    private static readonly FrozenSet<string> LegalForms = new[]
    {
        "INC", "INCORPORATED", "INCORPORATION", "CORP", "CORPORATION", "CO", "COMPANY", "LLC", "LLP", "LP", "LLLP",
        "PLLC", "PC", "LTD", "LIMITED", "PLC", "GMBH", "MBH", "AG", "AKTIENGESELLSCHAFT", "KG", "KGAA", "OHG", "UG",
        "GBR", "EK", "SE", "SA", "SAS", "SASU", "SARL", "EURL", "SNC", "SCA", "SRL", "SPA", "SAPA", "SL", "SLU",
        "SAU", "SC", "BV", "NV", "VOF", "BVBA", "SPRL", "CVBA", "AB", "AS", "ASA", "OY", "OYJ", "APS", "A/S", "CV",
        "SAB", "SADECV", "SRO", "DOO", "EOOD", "OOO", "OAO", "ZAO", "PAO", "OU", "UAB", "SIA", "KFT", "ZRT", "NYRT",
        "PTY", "PTE", "PVT", "PRIVATE", "PUBLIC", "BHD", "SDN", "TBK", "PT", "KK", "KABUSHIKI", "KAISHA", "GK",
        "JSC", "CJSC", "OJSC", "PJSC", "LTDA", "EIRL", "CIA", "COMPANIA", "COMPAGNIE", "CIE", "SPZOO", "FZE", "FZCO",
        "FZ", "WLL", "SAOG", "QSC", "SAL", "KSC", "EST", "ANONIM", "SIRKETI", "STI", "NL", "AKTIEBOLAG",
        "AKTIESELSKAB", "AKTIESELSKABET", "GESELLSCHAFT", "SOCIEDAD", "ANONIMA", "SOCIETE", "ANONYME", "SOCIETA",
        "LIMITADA", "LIMITEE", "LTEE",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly string[] LongForms = ["CORPORATION", "INCORPORATED", "LIMITED", "COMPANY"];

    /// <summary>Words that name nobody by themselves.</summary>
    private static readonly FrozenSet<string> Fillers = new[]
    {
        "THE", "AND", "OF", "DE", "DEL", "LA", "LE", "LES", "UND", "ET", "Y", "E", "DI", "DA", "DO", "FOR", "IN",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> Abbreviations = (
        "INTL=INTERNATIONAL;INTERNATL=INTERNATIONAL;NATL=NATIONAL;MFG=MANUFACTURING;MFRS=MANUFACTURERS;" +
        "TECH=TECHNOLOGY;TECHNOLOGIES=TECHNOLOGY;SVCS=SERVICES;SVC=SERVICES;SERVICE=SERVICES;GRP=GROUP;" +
        "BROS=BROTHERS;ASSN=ASSOCIATION;ASSOC=ASSOCIATES;MGMT=MANAGEMENT;MGT=MANAGEMENT;DIST=DISTRIBUTION;" +
        "DISTR=DISTRIBUTION;IND=INDUSTRIES;INDS=INDUSTRIES;INDUSTRY=INDUSTRIES;CHEM=CHEMICAL;" +
        "CHEMICALS=CHEMICAL;PHARM=PHARMACEUTICALS;PHARMA=PHARMACEUTICALS;PHARMACEUTICAL=PHARMACEUTICALS;" +
        "ENG=ENGINEERING;ENGRG=ENGINEERING;ELEC=ELECTRIC;LAB=LABORATORIES;LABS=LABORATORIES;SYS=SYSTEMS;" +
        "SYSTEM=SYSTEMS;HLDG=HOLDING;HLDGS=HOLDING;HOLDINGS=HOLDING;UNIV=UNIVERSITY;INST=INSTITUTE;" +
        "DEPT=DEPARTMENT;CTR=CENTER;CENTRE=CENTER;SOLNS=SOLUTIONS;SOLUTION=SOLUTIONS;PRODS=PRODUCTS;" +
        "PRODUCT=PRODUCTS;SUPPLIES=SUPPLY;TRANSP=TRANSPORT;LOGISTIC=LOGISTICS;RES=RESEARCH;DEV=DEVELOPMENT;" +
        "AMER=AMERICAN;AMERICAS=AMERICA;USA=US;UK=GB;DEUTSCHLAND=GERMANY;SEMI=SEMICONDUCTOR")
        .Split(';').Select(pair => pair.Split('='))
        .ToFrozenDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);

    /// <summary>Latin letters with marks, and what banks write for them.</summary>
    private static readonly FrozenDictionary<char, string> Folded = Table(
        "ÀÁÂÃÄÅĀĂĄ=A;ÇĆĈĊČ=C;ĎĐÐ=D;ÈÉÊËĒĔĖĘĚ=E;ĜĞĠĢ=G;ĤĦ=H;ÌÍÎÏĨĪĬĮİI=I;Ĵ=J;Ķ=K;ĹĻĽĿŁ=L;ÑŃŅŇ=N;ÒÓÔÕÖØŌŎŐ=O;" +
        "ŔŖŘ=R;ŚŜŞŠȘ=S;ŢŤŦȚ=T;ÙÚÛÜŨŪŬŮŰŲ=U;Ŵ=W;ÝŶŸ=Y;ŹŻŽ=Z;Æ=AE;Œ=OE;ß=SS;ẞ=SS;Þ=TH");

    /// <summary>The words that make the name, upper case, without legal form; one text to look up by.</summary>
    public static string Key(string name) => string.Join(' ', Words(name));

    /// <summary>The same, where it is long enough to tell whose it is; else null.</summary>
    public static string? TellingKey(string? name) =>
        name is not null && Key(name) is { Length: >= 3 } key ? key : null;

    /// <summary>
    /// The words that make the name, upper case, abbreviations written out, without legal form and fillers. A name of
    /// nothing else keeps its words.
    /// </summary>
    public static IReadOnlyList<string> Words(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var all = Split(name);
        var kept = all.Where(word => !IsLegalForm(word) && !Fillers.Contains(word)).ToList();
        if (kept.Count == 0)
            kept = all;
        for (var index = 0; index < kept.Count; index++)
            kept[index] = Abbreviations.GetValueOrDefault(kept[index], kept[index]);
        return kept;
    }

    /// <summary>
    /// Keys under which names that are nearly this one are found: every word, its consonants (vowels are what is
    /// mistyped and left out), and the beginning of the whole.
    /// </summary>
    public static IReadOnlySet<string> Blocks(string name)
    {
        var words = Words(name);
        var blocks = new HashSet<string>(StringComparer.Ordinal);
        foreach (var word in words.Where(word => word.Length >= 3))
        {
            blocks.Add(word);
            if (Skeleton(word) is { Length: >= 3 } skeleton)
                blocks.Add($"~{skeleton}");
        }

        var compact = string.Concat(words);
        if (compact.Length >= 5)
            blocks.Add($"^{compact[..5]}");
        if (words.Count >= 3)
            blocks.Add($"!{string.Concat(words.Select(word => word[0]))}");
        else if (words.Count == 1 && words[0].Length is >= 3 and <= 5)
            blocks.Add($"!{words[0]}");
        return blocks;
    }

    /// <summary>Long forms are recognised with a slip in them too.</summary>
    private static bool IsLegalForm(string word) => LegalForms.Contains(word)
        || (word.Length >= 7 && Array.Exists(LongForms, form =>
            Math.Abs(form.Length - word.Length) <= 1 && form[0] == word[0]
            && NameSimilarity.Distance(form, word) <= 1));

    private static string Skeleton(string word)
    {
        var skeleton = new StringBuilder(word.Length).Append(word[0]);
        foreach (var letter in word.AsSpan(1))
        {
            if ("AEIOUY".Contains(letter) || letter == skeleton[^1])
                continue;
            skeleton.Append(letter);
        }

        return skeleton.ToString();
    }

    /// <summary>
    /// Dots and apostrophes join, everything else parts; single letters that follow on one another join.
    /// </summary>
    private static List<string> Split(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        foreach (var letter in name)
        {
            var upper = char.ToUpperInvariant(letter);
            if (char.IsAsciiLetterUpper(upper) || char.IsAsciiDigit(upper))
                text.Append(upper);
            else if (Folded.TryGetValue(upper, out var folded))
                text.Append(folded);
            else if (char.IsLetterOrDigit(upper))
                text.Append(upper);
            else if (upper is not ('.' or '\'' or '’' or '`'))
                text.Append(' ');
        }

        var words = new List<string>();
        var single = false;
        foreach (var word in text.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (word.Length == 1 && single)
                words[^1] += word;
            else
                words.Add(word);
            single = word.Length == 1;
        }

        return words;
    }

    /// <summary>
    /// What banks write for a letter with marks, in the same case; null where they have nothing for it.
    /// </summary>
    public static string? Fold(char letter) =>
        !Folded.TryGetValue(char.ToUpperInvariant(letter), out var folded) ? null
        : char.IsLower(letter) ? folded.ToLowerInvariant() : folded;

    private static FrozenDictionary<char, string> Table(string table) => table.Split(';')
        .Select(row => row.Split('='))
        .SelectMany(row => row[0].Select(letter => KeyValuePair.Create(letter, row[1])))
        .Where(pair => !char.IsAsciiLetter(pair.Key))
        .ToFrozenDictionary();
}
