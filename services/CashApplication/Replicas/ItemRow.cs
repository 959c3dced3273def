using System.Text.Json;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Replicas;

/// <summary>An open credit memo as <see cref="MatchFactsReader"/> reads it.</summary>
internal sealed class CreditRow
{
    public Guid CreditMemoId { get; init; }
    public string Number { get; init; } = "";
    public Guid CustomerId { get; init; }
    public Guid? InvoiceId { get; init; }
    public decimal Available { get; init; }

    public OpenCredit ToCredit(Currency currency) =>
        new(CreditMemoId, Number, CustomerId, InvoiceId, Money.Of(Available, currency));
}

/// <summary>An open item as <see cref="MatchFactsReader"/> reads it.</summary>
internal sealed class ItemRow
{
    public Guid InvoiceId { get; init; }
    public int Installment { get; init; }
    public string InvoiceNumber { get; init; } = "";
    public Guid CustomerId { get; init; }
    public DateOnly DueDate { get; init; }
    public DateOnly? DiscountUntil { get; init; }
    public decimal? DiscountRate { get; init; }
    public DateOnly? UnearnedUntil { get; init; }
    public decimal? UnearnedLeft { get; init; }
    public bool Disputed { get; init; }
    public bool LateCharge { get; init; }
    public string? Charge { get; init; }
    public string? Terms { get; init; }
    public string? PurchaseOrder { get; init; }
    public string? OrderReference { get; init; }
    public string? ExternalNumber { get; init; }
    public decimal Available { get; init; }
    public decimal Amount { get; init; }
    public decimal? Net { get; init; }

    public Candidate ToCandidate(Currency currency) => new(
        InvoiceId, Installment, InvoiceNumber, CustomerId, DueDate, Money.Of(Available, currency),
        DiscountRate is { } rate && DiscountUntil is { } until
            ? new OfferedDiscount(
                rate, until, UnearnedUntil, UnearnedLeft is { } left ? Money.Of(left, currency) : null)
            : null,
        Disputed, LateCharge, Terms, PurchaseOrder, OrderReference, Charge == "interest", ExternalNumber,
        Net is { } net && Available == Amount ? Money.Of(net, currency) : null);
}

/// <summary>A customer and its profile as <see cref="MatchFactsReader"/> reads them.</summary>
internal sealed class CustomerFacts
{
    public Guid CustomerId { get; init; }
    public string Number { get; init; } = "";
    public string Name { get; init; } = "";
    public Guid? ParentId { get; init; }
    public string? Hold { get; init; }
    public string? RuleSet { get; init; }
    public Guid[]? MayPayFor { get; init; }
    public string? DeductionReasons { get; init; }

    public CustomerCandidate ToCandidate(IEnumerable<DeductionCoding> codings) => new(
        CustomerId, Number, Name, ParentId, Hold, RuleSet, MayPayFor,
        DeductionReasons is { } reasons ? JsonSerializer.Deserialize<DeductionReason[]>(reasons, Json.Stored) : null,
        [.. codings]);
}
