using System.Text.Json.Serialization;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.WriteOffs;

/// <summary>What is left of an installment and to be given up by a run.</summary>
/// <param name="InvoiceId">The invoice or debit memo.</param>
/// <param name="InvoiceNumber">What people call it.</param>
/// <param name="Installment">From 1.</param>
/// <param name="CustomerId">Who owes it.</param>
/// <param name="Rest">What was open on it when the run was asked for.</param>
/// <param name="Version">Of the invoice at that moment: one to which something happened since is left alone.</param>
/// <param name="LostBefore">What was written off at that moment of the invoice and all that are one with it by
/// chargebacks, by which the run is judged, too; null for nothing.</param>
public sealed record SmallRest(
    Guid InvoiceId, string InvoiceNumber, int Installment, Guid CustomerId, Money Rest, long Version,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? LostBefore = null);

/// <summary>What became of a rest.</summary>
/// <param name="Code">Why it was left alone; null where it was given up.</param>
/// <param name="Detail">The same in words.</param>
public sealed record RestOutcome(
    Guid InvoiceId, int Installment,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Code = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Detail = null);

/// <summary>Small balances of invoices are to be written off, exactly these.</summary>
/// <param name="LegalEntity">Who is owed.</param>
/// <param name="Limit">Largest rest; its currency is that of the invoices.</param>
/// <param name="PostingDate">Accounting date of the entries that a person chose, nothing of the invoices was posted
/// after it; null where nobody chose one: each is posted on the day it is written off.</param>
/// <param name="Reason">Why.</param>
/// <param name="RequestedBy">Who asked.</param>
/// <param name="Items">The rests, what was due first before the others; those of an invoice follow on one another.
/// </param>
/// <param name="Total">Their sum; what authority is asked for.</param>
public sealed record WriteOffRunRequested(
    string LegalEntity, Money Limit, DateOnly? PostingDate, string Reason, string RequestedBy,
    IReadOnlyList<SmallRest> Items, Money Total);

/// <summary>Nobody needs to approve it, or somebody has: from here on it is carried out.</summary>
/// <param name="By">Who asked for it, or was the last to approve it.</param>
public sealed record WriteOffRunStarted(string By);

/// <summary>It is not carried out.</summary>
public sealed record WriteOffRunDropped(string Reason);

/// <summary>The next rests of the run are dealt with, in their order, together with their invoices.</summary>
public sealed record WriteOffRunAdvanced(IReadOnlyList<RestOutcome> Outcomes);
