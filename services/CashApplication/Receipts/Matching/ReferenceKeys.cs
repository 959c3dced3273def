using System.Text;
using OrderToCash.CashApplication.Statements.Formats;

namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>
/// Finds document numbers in what payers write. A number is known by two keys: <see cref="Compact(string)"/>, its
/// letters and digits without anything between them, and <see cref="Loose(string)"/>, its groups without leading zeros.
/// <c>INV-US01-2026-000123</c> is so found in <c>inv us01/2026/123</c> and in <c>INVUS012026000123</c>, but not in
/// <c>INV-US01-2026-0001234</c>.
/// </summary>
public static class ReferenceKeys
{
    /// <summary>A document number has at most so many groups of letters or digits.</summary>
    private const int MaxGroups = 8;

    /// <summary>Shorter keys name too much: a year, an amount, a day.</summary>
    private const int MinLength = 5;

    private const int MaxLength = 40;

    /// <summary>Within a shorter number one wrong letter makes another number.</summary>
    private const int MinSlipLength = 8;

    private const int MaxSlips = 2_000;

    /// <summary>Two wrong letters within a shorter number may make any of many.</summary>
    private const int MinTwoSlipsLength = 12;

    /// <summary>Numbers that differ in these last letters alone are neighbours, not slips.</summary>
    private const int NeighbourLength = 4;

    private const int MostOnStack = 256;

    /// <summary>What of a text is looked at; a payer who writes more is not naming an invoice any more.</summary>
    private const int MaxGroupsInText = 2_000;

    /// <summary>Letters and digits in upper case, nothing else.</summary>
    public static string Compact(string number)
    {
        ArgumentNullException.ThrowIfNull(number);
        var key = number.Length <= MostOnStack ? stackalloc char[number.Length] : new char[number.Length];
        var length = 0;
        foreach (var group in GroupsOf(number))
            length += group.ToUpperInvariant(key[length..]);
        return key[..length].SequenceEqual(number) ? number : new string(key[..length]);
    }

    /// <summary>
    /// Groups without leading zeros, joined by hyphens; letters with only punctuation between them are one group.
    /// </summary>
    public static string Loose(string number)
    {
        ArgumentNullException.ThrowIfNull(number);
        var most = 2 * number.Length;
        var key = most <= MostOnStack ? stackalloc char[most] : new char[most];
        var length = 0;
        foreach (var group in GroupsOf(number))
            length = Loosely(key, length, group);
        return new string(key[..length]);
    }

    /// <summary>
    /// Every key that a document named in these lines may have. Numbers broken at the end of a line are found too.
    /// </summary>
    public static IReadOnlySet<string> Candidates(IReadOnlyList<string> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var keys = new HashSet<string>(StringComparer.Ordinal);
        Collect(string.Join(' ', lines), keys);
        if (lines.Count > 1)
            Collect(string.Concat(lines), keys);
        return keys;
    }

    /// <summary>The same, and those in these lines without what the legal entity's rules leave out.</summary>
    public static IReadOnlySet<string> Candidates(IReadOnlyList<string> lines, ReferenceRules? rules)
    {
        var written = Candidates(lines);
        if (rules is null || lines.Count == 0)
            return written;
        var keys = new HashSet<string>(written, StringComparer.Ordinal);
        keys.UnionWith(Candidates([.. lines.Select(rules.Strip)]));
        return keys;
    }

    /// <summary>
    /// Numbers of three digits and more without leading zeros, as payers write who leave the rest of the document's
    /// number out; long runs also cut into <paramref name="width"/> digits, for numbers written without a gap.
    /// </summary>
    public static IReadOnlySet<string> Serials(IReadOnlyList<string> lines, int width = 6)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var serials = new HashSet<string>(StringComparer.Ordinal);
        foreach (var group in GroupsOf(string.Join(' ', lines)))
        {
            if (!char.IsAsciiDigit(group[0]))
                continue;
            Add(group);
            if (group.Length < 2 * width || group.Length % width != 0)
                continue;
            for (var at = 0; at < group.Length; at += width)
                Add(group.Slice(at, width));
        }

        return serials;

        void Add(ReadOnlySpan<char> digits)
        {
            if (digits.Length >= 3 && digits.TrimStart('0') is { Length: > 0 } serial)
                serials.Add(serial.ToString());
        }
    }

    /// <summary>The last number within a document's number, without leading zeros; empty where there is none.</summary>
    public static string Serial(string number)
    {
        ArgumentNullException.ThrowIfNull(number);
        ReadOnlySpan<char> last = [];
        foreach (var group in GroupsOf(number))
        {
            if (char.IsAsciiDigit(group[0]))
                last = group;
        }

        return last.TrimStart('0').ToString();
    }

    /// <summary>
    /// True where one of the keys is the number but for a slip: one letter wrong, missing, too much or exchanged with
    /// its neighbour.
    /// </summary>
    /// <param name="number">A document's number.</param>
    /// <param name="keys">From <see cref="PossibleSlips"/>.</param>
    public static bool IsNearly(string number, ILookup<int, string> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var compact = Compact(number);
        for (var length = compact.Length - 1; compact.Length >= MinSlipLength && length <= compact.Length + 1; length++)
        {
            foreach (var key in keys[length])
            {
                if (IsOneSlip(key, compact))
                    return true;
            }
        }

        return false;
    }

    /// <summary>
    /// True where one of the keys is the number but for two slips, and no neighbour of it: they are not both within its
    /// last letters, where the numbers of other documents differ.
    /// </summary>
    /// <param name="number">A document's number, of 12 letters and digits at least.</param>
    /// <param name="keys">From <see cref="PossibleSlips"/>.</param>
    public static bool IsTwoSlips(string number, ILookup<int, string> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var compact = Compact(number);
        return WithinTwoSlips(compact, keys).Any(key =>
            compact.Length - compact.AsSpan().CommonPrefixLength(key) > NeighbourLength);
    }

    /// <summary>
    /// True where such a key has all before the number's last group of digits right: what is wrong there may be the
    /// number of another company, or of another year.
    /// </summary>
    /// <param name="number">A document's number, of 12 letters and digits at least.</param>
    /// <param name="keys">From <see cref="PossibleSlips"/>.</param>
    public static bool IsTwoSlipsOfSerial(string number, ILookup<int, string> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var compact = Compact(number);
        var (headLength, length) = (0, 0);
        foreach (var group in GroupsOf(number))
        {
            if (char.IsAsciiDigit(group[0]))
                headLength = length;
            length += group.Length;
        }

        var head = compact[..headLength];
        return WithinTwoSlips(compact, keys).Any(key => key.StartsWith(head, StringComparison.Ordinal)
            && compact.Length - compact.AsSpan().CommonPrefixLength(key) > NeighbourLength);
    }

    /// <summary>True where one of the keys is the number but for two slips at most, be it a neighbour.</summary>
    public static bool IsWithinTwoSlips(string number, ILookup<int, string> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return WithinTwoSlips(Compact(number), keys).Any();
    }

    /// <summary>How much of a number is written right where so many letters of it are not: 0 to 1.</summary>
    public static decimal Score(string number, int slips) =>
        decimal.Round(Math.Max(0m, 1m - (decimal)slips / Math.Max(1, Compact(number).Length)), 4);

    private static IEnumerable<string> WithinTwoSlips(string compact, ILookup<int, string> keys) =>
        compact.Length < MinTwoSlipsLength
            ? []
            : Enumerable.Range(compact.Length - 1, 3).SelectMany(length => keys[length])
                .Where(key => Slips(key, compact) <= 2);

    /// <summary>
    /// The least number of slips that make one of the other: a letter wrong, missing, too much, or exchanged with its
    /// neighbour (the distance of optimal string alignment; G. Navarro, A guided tour to approximate string matching,
    /// 2001).
    /// </summary>
    private static int Slips(string one, string other)
    {
        var width = other.Length + 1;
        Span<int> rows = stackalloc int[3 * (MaxLength + 1)];
        if (width > MaxLength + 1 || one.Length > MaxLength)
            return int.MaxValue;
        var before = rows[..width];
        var last = rows[width..(2 * width)];
        var row = rows[(2 * width)..(3 * width)];
        for (var at = 0; at < width; at++)
            last[at] = at;
        for (var line = 1; line <= one.Length; line++)
        {
            row[0] = line;
            for (var at = 1; at < width; at++)
            {
                var wrong = last[at - 1] + (one[line - 1] == other[at - 1] ? 0 : 1);
                row[at] = Math.Min(wrong, Math.Min(last[at], row[at - 1]) + 1);
                if (line > 1 && at > 1 && one[line - 1] == other[at - 2] && one[line - 2] == other[at - 1])
                    row[at] = Math.Min(row[at], before[at - 2] + 1);
            }

            var done = before;
            before = last;
            last = row;
            row = done;
        }

        return last[^1];
    }

    /// <summary>
    /// What is left between the same beginning and the same end is one letter at most, or two exchanged.
    /// </summary>
    private static bool IsOneSlip(ReadOnlySpan<char> one, ReadOnlySpan<char> other)
    {
        var same = one.CommonPrefixLength(other);
        one = one[same..];
        other = other[same..];
        while (one.Length > 0 && other.Length > 0 && one[^1] == other[^1])
        {
            one = one[..^1];
            other = other[..^1];
        }

        return (one.Length <= 1 && other.Length <= 1)
            || (one.Length == 2 && other.Length == 2 && one[0] == other[1] && one[1] == other[0]);
    }

    /// <summary>
    /// Keys that may be a number with a slip, by their length. A text that names more than a person writes by hand has
    /// none: comparing all of it with every open item would take long and find chance.
    /// </summary>
    public static ILookup<int, string> PossibleSlips(IEnumerable<string> keys)
    {
        string[] whole =
        [
            .. keys.Where(key => key.Length >= MinSlipLength - 1 && !key.Contains('-', StringComparison.Ordinal)),
        ];
        return (whole.Length > MaxSlips ? [] : whole).ToLookup(key => key.Length);
    }

    private static void Collect(string text, HashSet<string> keys)
    {
        var all = keys.GetAlternateLookup<ReadOnlySpan<char>>();
        var upper = text.ToUpperInvariant();
        List<Range> groups = [];
        for (var found = GroupsOf(text); found.MoveNext();)
            groups.Add(found.Range);
        Span<char> compact = stackalloc char[MaxLength];
        Span<char> loose = stackalloc char[MaxLength + MaxGroups];
        for (var first = 0; first < groups.Count; first++)
        {
            if (upper.AsSpan(groups[first]).EndsWith("RF") && first + 1 < groups.Count
                && char.IsAsciiDigit(upper[groups[first + 1].Start]))
            {
                CollectCreditorReference(upper, groups, first + 1, keys);
            }

            var (compactLength, looseLength, hasDigit) = (0, 0, false);
            for (var count = 1; count <= MaxGroups && first + count <= groups.Count; count++)
            {
                var group = upper.AsSpan(groups[first + count - 1]);
                if (compactLength + group.Length > MaxLength)
                    break;
                group.CopyTo(compact[compactLength..]);
                compactLength += group.Length;
                looseLength = Loosely(loose, looseLength, group);
                hasDigit |= char.IsAsciiDigit(group[0]);
                if (!hasDigit || compactLength < MinLength)
                    continue;
                all.Add(compact[..compactLength]);
                all.Add(loose[..looseLength]);
            }
        }
    }

    /// <summary>
    /// What an ISO 11649 reference holds: the digits and letters behind <c>RF</c> and two check digits that are right.
    /// </summary>
    private static void CollectCreditorReference(string upper, List<Range> groups, int first, HashSet<string> keys)
    {
        var reference = new StringBuilder("RF");
        for (var index = first; index < groups.Count; index++)
        {
            var group = upper.AsSpan(groups[index]);
            if (reference.Length + group.Length > 25)
                break;
            reference.Append(group);
            var text = reference.ToString();
            if (text.Length >= 4 + MinLength && PaymentReference.SchemeOf(text) == ReferenceScheme.Iso11649)
                keys.Add(text[4..]);
        }
    }

    /// <summary>Adds a group to a key that has so many letters already; how many it has then.</summary>
    private static int Loosely(Span<char> key, int length, ReadOnlySpan<char> group)
    {
        var isDigits = char.IsAsciiDigit(group[0]);
        if (length > 0 && (isDigits || char.IsAsciiDigit(key[length - 1])))
            key[length++] = '-';
        if (!isDigits)
            return length + group.ToUpperInvariant(key[length..]);
        var digits = group.TrimStart('0') is { Length: > 0 } some ? some : "0";
        digits.CopyTo(key[length..]);
        return length + digits.Length;
    }

    /// <summary>The groups of letters and of digits in a text, as they are written.</summary>
    private static GroupEnumerator GroupsOf(string text) => new(text);

    /// <summary>Goes through the groups of a text; no more than a person writes.</summary>
    private ref struct GroupEnumerator(string text)
    {
        private int _end;
        private int _count;

        /// <summary>Where the group is.</summary>
        public Range Range { get; private set; }

        public readonly ReadOnlySpan<char> Current => text.AsSpan(Range);

        public readonly GroupEnumerator GetEnumerator() => this;

        public bool MoveNext()
        {
            while (_end < text.Length && _count < MaxGroupsInText)
            {
                var start = _end;
                var kind = KindOf(text[start]);
                while (++_end < text.Length && KindOf(text[_end]) == kind)
                {
                }

                if (kind == Kind.Other)
                    continue;
                _count++;
                Range = start.._end;
                return true;
            }

            return false;
        }
    }

    private static Kind KindOf(char letter) =>
        char.IsAsciiDigit(letter) ? Kind.Digit : char.IsLetter(letter) ? Kind.Letter : Kind.Other;

    private enum Kind
    {
        Other,
        Letter,
        Digit,
    }
}
