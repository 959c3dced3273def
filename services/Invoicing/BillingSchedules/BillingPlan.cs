using System.Text.Json.Serialization;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.BillingSchedules;

/// <summary>How often a recurring schedule bills.</summary>
public enum BillingInterval
{
    Monthly,
    Quarterly,
    Annual,
}

/// <summary>When a period is billed.</summary>
public enum BillingTiming
{
    /// <summary>On its first day.</summary>
    Advance,

    /// <summary>On the day after its last.</summary>
    Arrears,
}

/// <summary>The same lines, period after period.</summary>
/// <param name="Interval">Length of a period.</param>
/// <param name="Timing">When it is billed.</param>
/// <param name="Start">First day that is billed.</param>
/// <param name="Lines">What a whole period costs.</param>
/// <param name="End">Last day that is billed; null for until it is ended.</param>
/// <param name="FirstFullPeriod">
/// First day of the first whole period, such as the next 1st; what is before it is a part of one. Without it periods
/// begin on the day of the month of <paramref name="Start"/>.
/// </param>
/// <param name="Prorate">A part of a period costs its share by days; else as much as a whole one.</param>
public sealed record RecurringPlan(
    BillingInterval Interval, BillingTiming Timing, DateOnly Start, IReadOnlyList<IssueInvoiceLine> Lines,
    DateOnly? End = null, DateOnly? FirstFullPeriod = null, bool Prorate = true);

/// <summary>Billed when somebody says that it is reached.</summary>
/// <param name="Code">Its name within the schedule, such as <c>go-live</c>.</param>
/// <param name="PlannedOn">When it is expected.</param>
public sealed record Milestone(
    string Code, string Description, IReadOnlyList<IssueInvoiceLine> Lines, DateOnly? PlannedOn = null);

/// <summary>Billed on a date that was agreed, of a schedule that follows no rule.</summary>
public sealed record AgreedDate(DateOnly BillOn, IReadOnlyList<IssueInvoiceLine> Lines, string? Description = null);

/// <summary>What a schedule bills: exactly one of its parts is there.</summary>
/// <param name="Recurring">Period after period.</param>
/// <param name="Milestones">As they are reached.</param>
/// <param name="Dates">On agreed dates: a non-standard schedule, which may need an approval.</param>
public sealed record BillingPlan(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RecurringPlan? Recurring = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<Milestone>? Milestones = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<AgreedDate>? Dates = null)
{
    /// <summary>The lines of each of its parts.</summary>
    [JsonIgnore]
    public IEnumerable<IReadOnlyList<IssueInvoiceLine>> AllLines =>
    [
        .. Recurring is null ? [] : new[] { Recurring.Lines },
        .. (Milestones ?? []).Select(one => one.Lines), .. (Dates ?? []).Select(one => one.Lines),
    ];
}

/// <summary>One invoice that a schedule comes to.</summary>
/// <param name="Key">Names it within the schedule for ever: the first day of a period, a milestone, a date.</param>
/// <param name="BillOn">Day from which it is due to be billed.</param>
/// <param name="From">First day of the period; null where it is for none.</param>
/// <param name="To">Last day of the period.</param>
public sealed record BillingPeriod(
    string Key, DateOnly BillOn, IReadOnlyList<IssueInvoiceLine> Lines, DateOnly? From = null, DateOnly? To = null);

/// <summary>The periods of a recurring schedule; pure, so a schedule always comes to the same invoices.</summary>
public static class BillingPeriods
{
    /// <summary>The periods in order, without end where the schedule has none.</summary>
    public static IEnumerable<BillingPeriod> Of(RecurringPlan plan, Currency currency)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var grid = plan.FirstFullPeriod ?? plan.Start;
        var months = Months(plan.Interval);
        for (var n = plan.Start < grid ? -1 : 0; ; n++)
        {
            // Counted from the first day each time: the 31st stays the 31st after a February.
            var (whole, next) = (grid.AddMonths(n * months), grid.AddMonths((n + 1) * months));
            var from = whole > plan.Start ? whole : plan.Start;
            var last = next.AddDays(-1);
            var to = plan.End < last ? plan.End.Value : last;
            if (from > to)
                yield break;
            var share = Share(plan, whole, last, from, to);
            yield return new BillingPeriod(
                FormattableString.Invariant($"{from:yyyy-MM-dd}"),
                plan.Timing == BillingTiming.Advance ? from : to.AddDays(1),
                [.. plan.Lines.Select(line => Line(line, from, to, share, currency))], from, to);
        }
    }

    /// <summary>Months of an interval.</summary>
    public static int Months(BillingInterval interval) => interval switch
    {
        BillingInterval.Monthly => 1,
        BillingInterval.Quarterly => 3,
        _ => 12,
    };

    private static (int Days, int Of)? Share(
        RecurringPlan plan, DateOnly whole, DateOnly last, DateOnly from, DateOnly to)
    {
        var (days, of) = (to.DayNumber - from.DayNumber + 1, last.DayNumber - whole.DayNumber + 1);
        return !plan.Prorate || days == of ? null : (days, of);
    }

    /// <summary>
    /// A whole period as it was agreed; a part of one as its share of the line's price by days, rounded once, with
    /// quantity one.
    /// </summary>
    private static IssueInvoiceLine Line(
        IssueInvoiceLine line, DateOnly from, DateOnly to, (int Days, int Of)? share, Currency currency)
    {
        var period = FormattableString.Invariant($"{line.Description} ({from:yyyy-MM-dd} – {to:yyyy-MM-dd})");
        if (share is not { } part)
            return line with { Description = period };
        var net = Money.Round(line.Quantity * line.UnitPrice, currency).Amount - line.Discount;
        return line with
        {
            Description = FormattableString.Invariant($"{period}, {part.Days} / {part.Of}"),
            Quantity = 1,
            UnitPrice = Money.Round(net * part.Days / part.Of, currency).Amount,
            Discount = 0,
        };
    }
}
