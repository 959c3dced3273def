using System.Collections.Immutable;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Invoices;

/// <summary>
/// What is let go of a debit memo, line by line: a late fee or the interest on one item is a line of its own. What is
/// let go of no line in particular is so of all, in the proportion of what is left of each.
/// </summary>
public sealed partial record Invoice
{
    /// <summary>What is let go of each line now, tax included; lines count from 1.</summary>
    public ImmutableSortedDictionary<int, Money> WaivedLines { get; init; } =
        ImmutableSortedDictionary<int, Money>.Empty;

    /// <summary>What of a line is not let go, tax included; null where there is no such line.</summary>
    public Money? LeftOfLine(int line) => line < 1 || line > Issued!.Lines.Count
        ? null
        : Issued.Lines[line - 1].Net + Issued.Lines[line - 1].Tax - WaivedOn(line);

    /// <summary>What is let go of a line, tax included.</summary>
    internal Money WaivedOn(int line) => WaivedLines.GetValueOrDefault(line, Money.Zero(Currency));

    /// <summary>An amount that is to be let go, on that line or on all of them.</summary>
    internal IReadOnlyList<(int Line, Money Amount)> ToWaive(Money amount, int? line) =>
        OnLines(amount, line, one => LeftOfLine(one)!.Value);

    /// <summary>An amount that is to be asked for again, on that line or on all of which something is let go.</summary>
    internal IReadOnlyList<(int Line, Money Amount)> ToReinstate(Money amount, int? line) =>
        OnLines(amount, line, WaivedOn);

    private IReadOnlyList<(int Line, Money Amount)> OnLines(Money amount, int? line, Func<int, Money> weight)
    {
        if (line is { } one)
            return [(one, amount)];
        var lines = Enumerable.Range(1, Issued!.Lines.Count).ToList();
        return
        [
            .. lines.Zip(amount.Split([.. lines.Select(number => weight(number).Amount)]))
                .Where(share => !share.Second.IsZero),
        ];
    }

    private Invoice LetGo(int installment, IReadOnlyList<(int Line, Money Amount)> lines)
    {
        var change = Money.Sum(lines.Select(one => one.Amount), Currency);
        return this with
        {
            Waived = Waived.SetItem(
                installment, Waived.TryGetValue(installment, out var gone) ? gone + change : change),
            WaivedLines = lines.Aggregate(
                WaivedLines, (all, one) => all.SetItem(one.Line, WaivedOn(one.Line) + one.Amount)),
        };
    }
}
