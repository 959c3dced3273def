using System.Text.Json.Serialization;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Promises;

/// <summary>Where a promise stands.</summary>
public enum PromiseStatus
{
    /// <summary>There is still time to pay.</summary>
    Open,

    /// <summary>What was promised came in time.</summary>
    Kept,

    /// <summary>Some of it came in time.</summary>
    PartlyKept,

    /// <summary>Nothing of it came in time.</summary>
    Broken,

    /// <summary>
    /// Taken back by a person, which is the last word about it; or all of it was given up before it was to be judged,
    /// and nothing came in time as far as is known yet.
    /// </summary>
    Cancelled,
}

/// <summary>An item that was promised to be paid.</summary>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Installment">From 1.</param>
/// <param name="InvoiceNumber">What people call it.</param>
/// <param name="Balance">What was open on it when it was promised.</param>
/// <param name="Version">Version of the invoice then: what is applied later counts for the promise.</param>
public sealed record PromisedItem(
    Guid InvoiceId, int Installment, string InvoiceNumber, Money Balance, long Version);

/// <summary>A customer promised to pay.</summary>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="CustomerId">Who promised.</param>
/// <param name="Amount">What was promised.</param>
/// <param name="PromisedFor">Day it was promised for, in the entity's calendar.</param>
/// <param name="JudgedAfter">Last day of grace.</param>
/// <param name="Tolerance">So much less than promised still keeps it.</param>
/// <param name="Level">How many earlier promises on its items were not kept or taken back.</param>
/// <param name="Items">What it is for.</param>
/// <param name="ContactName">Who said so, or null.</param>
/// <param name="Note">In words, or null.</param>
public sealed record PromiseMade(
    string LegalEntity, Guid CustomerId, Money Amount, DateOnly PromisedFor, DateOnly JudgedAfter, Money Tolerance,
    int Level, IReadOnlyList<PromisedItem> Items, string? ContactName, string? Note);

/// <summary>The promise as it was when something became of it.</summary>
/// <param name="Made">What was promised.</param>
/// <param name="Received">What was applied to its items since, with a value date in time.</param>
/// <param name="GivenUp">How much of it was given up in time when it was judged; null for nothing, and where a person
/// took it back.</param>
public sealed record PromiseOutcome(
    PromiseMade Made, Money Received,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? GivenUp = null);

/// <summary>What was promised came in time.</summary>
public sealed record PromiseKept(PromiseOutcome Outcome);

/// <summary>Some of it came in time.</summary>
public sealed record PromisePartlyKept(PromiseOutcome Outcome);

/// <summary>Nothing of it came in time.</summary>
public sealed record PromiseBroken(PromiseOutcome Outcome);

/// <summary>What had kept it was taken back while there is still time to pay.</summary>
public sealed record PromiseReopened(PromiseOutcome Outcome);

/// <summary>It was taken back, or all of it was given up before it was to be judged.</summary>
public sealed record PromiseCancelled(PromiseOutcome Outcome);
