using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.UseCases;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Tests.Rules;

/// <summary>Facts for tests of rules.</summary>
internal static class Some
{
    public static readonly Currency Dollar = Currency.Of("USD");

    public static readonly DateOnly DueDate = new(2026, 3, 31);

    public static readonly PlaybookDefined Standard = StandardPlaybook.Read();

    private static int _next;

    public static Money Usd(decimal amount) => Money.Of(amount, Dollar);

    public static Guid Id() => Ids.From("test", Interlocked.Increment(ref _next).ToString("D", null));

    public static ItemFacts Item(
        DateOnly? dueDate = null, decimal amount = 100, decimal? balance = null, decimal pending = 0,
        string? number = null,
        params string[] sent) => new(
        Id(), 1, number ?? "INV-US01-2026-000001", dueDate ?? DueDate, Usd(amount), Usd(balance ?? amount),
        Usd(pending), sent,
        sent.Length == 0 ? null : Standard.Steps.Where(step => sent.Contains(step.Code)).Max(step => step.OffsetDays));

    public static CustomerFacts Customer(params IReadOnlyList<ItemFacts> items) => new(
        Id(), "CUST-US01-000001", "Globex Corporation", Dollar, "en", new Recipient("Ana Ruiz", "ap@globex.example"),
        CustomerCash.None,
        HasNoticeInFlight: false, HasNoticeOfDay: false, items);

    /// <summary>The one notice of a plan.</summary>
    public static PlannedNotice Planned(DateOnly date, CustomerFacts customer) =>
        DunningPlanner.Plan(date, Standard, [customer]).ShouldHaveSingleItem();

    /// <summary>The step an item alone gets, or null.</summary>
    public static string? Step(DateOnly date, ItemFacts item) => DunningPlanner.StepFor(date, Standard, item)?.Code;
}
