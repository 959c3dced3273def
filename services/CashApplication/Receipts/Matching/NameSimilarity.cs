namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>
/// How alike two names of firms are, from 0 to 1000. Words are paired with their best counterparts by edit distance,
/// long words count more than short ones; a name cut off by the bank's field, run together or written as its initials
/// is recognised as such. Measured in tests on published pairs of names.
/// </summary>
public static class NameSimilarity
{
    /// <summary>From here on two names are held to mean the same firm.</summary>
    public const int Same = 850;

    private const int MaxLength = 140;

    /// <summary>0 for nothing in common, 1000 for the same words.</summary>
    public static int Of(string one, string other) => Of(Words(one), Words(other));

    /// <summary>The words by which a name is compared: those of a very long one's beginning.</summary>
    internal static IReadOnlyList<string> Words(string name) => PartyName.Words(Cut(name));

    /// <summary>The same of names whose words are known.</summary>
    public static int Of(IReadOnlyList<string> one, IReadOnlyList<string> other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        if (one.Count == 0 || other.Count == 0)
            return 0;
        var (a, b) = (string.Concat(one), string.Concat(other));
        if (a == b)
            return 1000;
        if (IsCutOff(a, b) || IsCutOff(b, a))
            return 950;
        if (IsInitials(one, b) || IsInitials(other, a))
            return 880;
        var words = Math.Min(Paired(one, other), Paired(other, one));
        return Math.Max(words, RunTogether(a, b));
    }

    /// <summary>A field of a bank message ends where it ends: 18, 22, 27 or 35 letters.</summary>
    private static bool IsCutOff(string part, string whole) =>
        part.Length >= 12 && whole.StartsWith(part, StringComparison.Ordinal);

    private static bool IsInitials(IReadOnlyList<string> words, string name) =>
        words.Count >= 3 && name.Length == words.Count
        && words.Select((word, index) => word[0] == name[index]).All(same => same);

    private static int RunTogether(string a, string b)
    {
        var length = Math.Max(a.Length, b.Length);
        if (length < 6 || Math.Abs(a.Length - b.Length) * 5 > length)
            return 0;
        return 1000 - (1000 * Distance(a, b) / length);
    }

    /// <summary>How much of the one name's letters have a counterpart in the other.</summary>
    private static int Paired(IReadOnlyList<string> one, IReadOnlyList<string> other)
    {
        var (sum, weight) = (0, 0);
        Span<bool> taken = stackalloc bool[Math.Min(other.Count, 64)];
        foreach (var word in one)
        {
            var best = 0;
            var at = -1;
            for (var index = 0; index < taken.Length; index++)
            {
                if (!taken[index] && Alike(word, other[index]) is var alike && alike > best)
                    (best, at) = (alike, index);
            }

            if (at >= 0)
                taken[at] = true;
            var counts = Math.Min(word.Length, 8);
            sum += best * counts;
            weight += counts;
        }

        return sum / weight;
    }

    private static int Alike(string a, string b)
    {
        if (a == b)
            return 1000;
        var (shorter, longer) = a.Length <= b.Length ? (a, b) : (b, a);
        if (shorter.Length >= 3 && longer.StartsWith(shorter, StringComparison.Ordinal))
            return 900;
        if (shorter.Length < 4)
            return 0;
        var distance = Distance(a, b);
        return distance * 4 > longer.Length + 1 ? 0 : 1000 - (1000 * distance / longer.Length);
    }

    /// <summary>Edits with exchanged neighbours as one (optimal string alignment).</summary>
    internal static int Distance(string a, string b)
    {
        if (a.Length > MaxLength || b.Length > MaxLength)
            (a, b) = (Cut(a), Cut(b));
        Span<int> before = stackalloc int[b.Length + 1];
        Span<int> last = stackalloc int[b.Length + 1];
        Span<int> row = stackalloc int[b.Length + 1];
        for (var index = 0; index <= b.Length; index++)
            last[index] = index;
        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var same = a[i - 1] == b[j - 1];
                var edits = Math.Min(Math.Min(last[j] + 1, row[j - 1] + 1), last[j - 1] + (same ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    edits = Math.Min(edits, before[j - 2] + 1);
                row[j] = edits;
            }

            var oldest = before;
            before = last;
            last = row;
            row = oldest;
        }

        return last[b.Length];
    }

    private static string Cut(string name) => name.Length > MaxLength ? name[..MaxLength] : name;
}
