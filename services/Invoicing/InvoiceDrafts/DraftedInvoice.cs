using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.InvoiceDrafts;

/// <summary>Where a draft stands.</summary>
public enum InvoiceDraftStatus
{
    /// <summary>It may be changed, issued and discarded.</summary>
    Open,

    /// <summary>Its invoice is issued.</summary>
    Issued,

    /// <summary>It is not going to be billed.</summary>
    Discarded,
}

/// <summary>An invoice that is written down and not issued: it has no number and nobody owes it.</summary>
public sealed record DraftedInvoice
{
    public static readonly DraftedInvoice Initial = new();

    /// <summary>What it says; null before that.</summary>
    public InvoiceDraftSaved? Saved { get; init; }

    /// <summary>What became of it; null where nothing did.</summary>
    public InvoiceDraftIssued? Issued { get; init; }

    public bool IsDiscarded { get; init; }

    public InvoiceDraftStatus Status =>
        Issued is not null ? InvoiceDraftStatus.Issued
        : IsDiscarded ? InvoiceDraftStatus.Discarded
        : InvoiceDraftStatus.Open;

    public static DraftedInvoice Evolve(DraftedInvoice draft, object e) => e switch
    {
        InvoiceDraftSaved saved => draft with { Saved = saved },
        InvoiceDraftIssued issued => draft with { Issued = issued },
        InvoiceDraftDiscarded => draft with { IsDiscarded = true },
        _ => draft,
    };
}

public static class DraftedInvoiceStream
{
    public static readonly StreamType<DraftedInvoice> Type =
        new("invoice_draft", DraftedInvoice.Initial, DraftedInvoice.Evolve);

    /// <summary>The one invoice that a draft becomes: whoever issues it a second time finds it there.</summary>
    public static Guid InvoiceId(Guid draftId) => Ids.From("invoice-of-draft", draftId.ToString("D"));
}

/// <summary>What may become of a draft. What it says is checked and priced before.</summary>
public static class DraftedInvoiceDecider
{
    /// <summary>Writes down what it says, in the place of what it said.</summary>
    public static Decision Save(DraftedInvoice draft, IssueInvoice wish, InvoiceDraft priced)
    {
        ArgumentNullException.ThrowIfNull(draft);
        ArgumentNullException.ThrowIfNull(priced);
        if (Ended(draft) is { } ended)
            return ended;
        var entity = priced.Books.LegalEntity;
        return draft.Saved is { } saved && saved.LegalEntity != entity
            ? Refusal.State("other-legal-entity", $"The draft is one of {saved.LegalEntity} and stays so.")
            : Decision.Of(new InvoiceDraftSaved(entity, wish, priced.Net, priced.Tax, priced.Total));
    }

    /// <summary>Gives it up; again it is nothing.</summary>
    public static Decision Discard(DraftedInvoice draft)
    {
        ArgumentNullException.ThrowIfNull(draft);
        return draft.IsDiscarded ? Decision.Nothing
            : Ended(draft) is { } ended ? ended
            : Decision.Of(new InvoiceDraftDiscarded());
    }

    /// <summary>Why nothing becomes of it any more, or null.</summary>
    public static Refusal? Ended(DraftedInvoice draft)
    {
        ArgumentNullException.ThrowIfNull(draft);
        return draft switch
        {
            { Issued: { } issued } => Refusal.State(
                "draft-issued", $"The draft is issued as {issued.InvoiceNumber}: correct that, or void it."),
            { IsDiscarded: true } => Refusal.State("draft-discarded", "The draft was discarded; write a new one."),
            _ => null,
        };
    }

    /// <summary>There is no such draft.</summary>
    public static Refusal NotFound(Guid id) => Refusal.NotFound("invoice draft", id);
}
