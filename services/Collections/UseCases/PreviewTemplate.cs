using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Notices.Letters;
using OrderToCash.Collections.Notices.Mail;
using OrderToCash.Collections.Notices.Messages;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>What a step would say to a customer today; nothing is kept or sent.</summary>
/// <param name="Step">Code of the step.</param>
/// <param name="Level">Which of the steps after the due date it is, from 1; 0 before it.</param>
/// <param name="Mail">As a mail; null where no contact can get one, or the step is a message or no writing.</param>
/// <param name="Letter">As a letter; null where no address is known, or the step is a message or no writing.</param>
/// <param name="Work">What somebody would have to do, where the step is no writing.</param>
/// <param name="Message">As a message, where the step is one and a contact can get it; else null.</param>
public sealed record TemplatePreview(
    string Step, int Level, NoticeMail? Mail, NoticeLetter? Letter, string? Work, NoticeMessage? Message = null);

/// <summary>
/// Shows the wording of a step, one in force or one that is only proposed, with what a real customer owes and in its
/// language.
/// </summary>
public static class PreviewTemplate
{
    /// <summary>What to show.</summary>
    /// <param name="CustomerId">To whom.</param>
    /// <param name="Step">Code of the step; the last without it.</param>
    /// <param name="Playbook">The playbook as it might be; without it as it is.</param>
    public sealed record Request(Guid CustomerId, string? Step = null, DefinePlaybook.Request? Playbook = null);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/collections/playbooks/{code}/previews", Handle)
        .RequireScope(Scopes.CollectionsRead)
        .Produces<TemplatePreview>()
        .WithSummary("Show what a step would say to a customer; nothing is kept or sent");

    private static async Task<IResult> Handle(
        string code, Request request, Caller caller, Customers customers, LegalEntities entities,
        Letterheads letterheads, DunningFactsReader facts, EventSourcing.EventStore store, NoticeWriter writer,
        CancellationToken cancellation)
    {
        if (await customers.FindAsync(request.CustomerId, cancellation) is not { } customer)
            return Problems.From(CustomerRefusals.Unknown(request.CustomerId));
        if (caller.Deny(customer.LegalEntity) is { } denied)
            return Problems.From(denied);
        var (playbook, refusal) = await PlaybookAsync(code, request, store, cancellation);
        if (playbook is null)
            return Problems.From(refusal!);
        var step = request.Step is null
            ? playbook.Steps[^1]
            : playbook.Steps.FirstOrDefault(one => one.Code == request.Step);
        if (step is null)
            return Problems.From(PlaybookRefusals.UnknownStep(request.Step!));
        if (await entities.FindAsync(customer.LegalEntity, cancellation) is not { } entity)
            return Problems.From(DunningRefusals.UnknownLegalEntity(customer.LegalEntity));
        var today = customer.Today;
        var known = await facts.ReadAsync(entity, today, today, DateOnly.MaxValue, [customer.Id], cancellation);
        if (known.Count == 0 || DunningPlanner.Preview(today, playbook, step, known[0]) is not { } notice)
            return Problems.From(DunningRefusals.NothingOpen(customer.Id));
        var sender = await letterheads.SenderAsync(entity, cancellation);
        try
        {
            return Results.Json(Written(notice, writer, sender, today), Json.Wire);
        }
        catch (MessageTooLongException tooLong)
        {
            return Problems.From(PlaybookRefusals.MessageTooLong(tooLong.Message));
        }
    }

    private static TemplatePreview Written(
        PlannedNotice notice, NoticeWriter writer, LetterSender sender, DateOnly today)
    {
        var isMailed = !notice.Step.IsWork && !notice.Step.Channel.IsMessage();
        return new TemplatePreview(
            notice.Step.Code, notice.Level,
            !isMailed || notice.Customer.Recipient?.Email is null
                ? null
                : writer.Write(notice, Guid.Empty, sender.Name, "preview.invalid", today, sender.Letterhead,
                    country: sender.Country),
            !isMailed || notice.Customer.Post is null
                ? null
                : writer.WriteLetter(notice, Guid.Empty, sender, today),
            notice.Step.IsWork ? writer.WriteWork(notice, sender.Name, today) : null,
            notice.Customer.Readers?.ContainsKey(notice.Step.Channel) == true
                ? writer.WriteMessage(notice, Guid.Empty, sender.Name, today, sender.Letterhead)
                : null);
    }

    private static async Task<(PlaybookDefined? Playbook, Refusal? Refusal)> PlaybookAsync(
        string code, Request request, EventSourcing.EventStore store, CancellationToken cancellation)
    {
        var (known, _) = await store.LoadAsync(PlaybookStream.Type, PlaybookStream.Id(code), cancellation);
        if (request.Playbook is not { } proposed)
            return (known.Definition, PlaybookRefusals.Unknown(code));
        var wish = proposed.As(code);
        return PlaybookDecider.Define(Playbook.Initial, wish).Refusal is { } wrong
            ? (null, wrong with { Field = $"/playbook{wrong.Field}" })
            : (wish, null);
    }
}
