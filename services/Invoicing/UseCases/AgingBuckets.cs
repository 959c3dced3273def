using System.Globalization;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>The ages into which what is owed is cut: not overdue, then by days overdue.</summary>
public sealed class AgingBuckets
{
    /// <summary>What is expected of text that names them.</summary>
    public const string Expected =
        "buckets are 1 to 10 numbers of days from 1 to 3650, each above the one before, such as 30,60,90,120.";

    private const int Most = 10;
    private const int MaxDays = 3650;

    private AgingBuckets(IReadOnlyList<int> ends, bool isUsual)
    {
        int[] starts = [1, .. ends.Select(end => end + 1)];
        FirstDays = starts;
        Names = ["current", .. ends.Select((end, index) => string.Create(
            CultureInfo.InvariantCulture, $"{starts[index]}-{end}")),
            string.Create(CultureInfo.InvariantCulture, $"{ends[^1]}+")];
        Starts = isUsual ? null : starts;
    }

    /// <summary>Not overdue, up to 30, 60, 90 and 120 days overdue, and longer.</summary>
    public static AgingBuckets Usual { get; } = new([30, 60, 90, 120], isUsual: true);

    /// <summary>What they are called, from <c>current</c> to <c>120+</c>.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>First day overdue of each bucket after <c>current</c>.</summary>
    public IReadOnlyList<int> FirstDays { get; }

    /// <summary>The same; null of the usual ones.</summary>
    public int[]? Starts { get; }

    /// <summary>The buckets of a text such as <c>15,45</c>; the usual ones without it, null where it is none.</summary>
    public static AgingBuckets? Parse(string? text)
    {
        if (text is null)
            return Usual;
        var parts = text.Split(',');
        var ends = new List<int>(parts.Length);
        foreach (var part in parts)
        {
            if (ends.Count == Most
                || !int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var end)
                || end > MaxDays || end <= (ends.Count == 0 ? 0 : ends[^1]))
                return null;
            ends.Add(end);
        }

        return new AgingBuckets(ends, isUsual: false);
    }
}
