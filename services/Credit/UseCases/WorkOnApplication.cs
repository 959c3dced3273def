using OrderToCash.Credit.Applications;
using OrderToCash.Credit.Scoring;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>
/// The work on a case short of its decision: who does it, what is asked for and what comes, another assessment, notes
/// and documents, its checklist, a next round, and its end when nobody asks any more.
/// </summary>
public static class WorkOnApplication
{
    private const string Case = "/v1/credit/applications/{id:guid}";

    /// <summary>Who is to work on it; null gives it back to the queue.</summary>
    public sealed record AssignRequest(string? To);

    /// <summary>It is to be assessed again.</summary>
    /// <param name="Reason">Why; kept with the event.</param>
    /// <param name="AskBureau">The bureau is asked anew, however fresh its last answer is; it is paid for.</param>
    public sealed record ReassessRequest(string Reason, bool AskBureau = false);

    /// <summary>What is missing.</summary>
    public sealed record AskRequest(string What);

    /// <summary>What has come.</summary>
    public sealed record ProvideRequest(string Text, Financials? Financials = null);

    /// <summary>What is put into the folder.</summary>
    /// <param name="Text">The note, or what the document is.</param>
    /// <param name="Reference">Where the document is kept; null for a note.</param>
    public sealed record EntryRequest(string Text, string? Reference = null);

    /// <summary>A point of the checklist is done, or not after all.</summary>
    /// <param name="Code">The point.</param>
    /// <param name="Done">It is done.</param>
    /// <param name="Note">What came of it, or null.</param>
    public sealed record MarkRequest(string Code, bool Done = true, string? Note = null);

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        Post("assign", "Give a case to somebody", (Guid id, AssignRequest request, HttpCommand command) =>
            Checked(new Validation().Optional("/to", request.To), () => CaseCommand.DecideAsync(
                command, id, null, application => ApplicationDecider.Assign(application, request.To))));
        Post("request-information", "Ask for more", (Guid id, AskRequest request, HttpCommand command) =>
            Checked(new Validation().Required("/what", request.What, max: 1000), () => CaseCommand.DecideAsync(
                command, id, null, application => ApplicationDecider.AskFor(application, request.What))));
        Post("information", "Provide what was asked for; it is assessed again",
            (Guid id, ProvideRequest request, HttpCommand command) =>
            Checked(
                new Validation()
                    .Required("/text", request.Text, max: 4000)
                    .Check(SubmitApplication.IsPlausible(request.Financials), "/financials", "cannot be"),
                () => CaseCommand.DecideAsync(
                    command, id, null, application => ApplicationDecider.Provide(
                        application,
                        new InformationProvided(
                            application.Submitted!.CustomerId, request.Text, request.Financials)))));
        Post("folder", "Put a note or a document into the folder",
            (Guid id, EntryRequest request, HttpCommand command) =>
            Checked(
                new Validation()
                    .Required("/text", request.Text, max: 4000)
                    .Optional("/reference", request.Reference, max: 500),
                () => CaseCommand.DecideAsync(
                    command, id, null, application => ApplicationDecider.Add(
                        application,
                        new FolderEntryAdded(
                            request.Reference is null ? "note" : "document", request.Text, request.Reference,
                            command.Caller.Subject, command.Clock.GetUtcNow())))));
        Post("reassess", "Assess a case again, e.g. once a bureau is back",
            (Guid id, ReassessRequest request, HttpCommand command) =>
            Checked(new Validation().Required("/reason", request.Reason, max: 500), () => CaseCommand.DecideAsync(
                command, id, request.Reason,
                application => ApplicationDecider.Reassess(application, request.AskBureau))));
        Post("checklist", "Mark a point of the checklist", (Guid id, MarkRequest request, HttpCommand command) =>
            Checked(
                new Validation()
                    .Required("/code", request.Code, max: 100)
                    .Optional("/note", request.Note, max: 1000),
                () => CaseCommand.DecideAsync(command, id, null, application => ApplicationDecider.Mark(
                    application,
                    new ChecklistPointMarked(
                        request.Code, request.Done, request.Note, command.Caller.Subject,
                        command.Clock.GetUtcNow())))));
        Post("reopen", "Decide a case anew", (Guid id, OrderReasonRequest request, HttpCommand command) =>
            Checked(new Validation().Required("/reason", request.Reason, max: 500), () => CaseCommand.DecideAsync(
                command, id, request.Reason, ApplicationDecider.Reopen)));
        Post("withdraw", "Nobody asks for it any more",
            (Guid id, OrderReasonRequest request, HttpCommand command, LimitChanges changes) =>
            Checked(
                new Validation().Required("/reason", request.Reason, max: 500),
                () => WithdrawAsync(id, request.Reason, command, changes)));

        void Post(string verb, string summary, Delegate handler) => routes.MapPost($"{Case}/{verb}", handler)
            .RequireScope(Scopes.CreditWrite).Produces<ApplicationView>().WithSummary(summary);
    }

    private static async Task<IResult> WithdrawAsync(
        Guid id, string reason, HttpCommand command, LimitChanges changes)
    {
        var (application, _) = await command.Store.LoadAsync(ApplicationStream.Type, id, command.Cancellation);
        var denied = CaseCommand.Deny(id, application, command.Caller) ?? await changes.DenyWithdrawalAsync(
            id, application.Submitted!, command.Caller, command.Cancellation);
        return denied is not null
            ? await command.RefuseAsync(denied)
            : await CaseCommand.DecideAsync(command, id, reason, ApplicationDecider.Withdraw);
    }

    private static Task<IResult> Checked(Validation validation, Func<Task<IResult>> decideAsync) =>
        validation.Problem is { } problem ? Task.FromResult<IResult>(problem) : decideAsync();
}
