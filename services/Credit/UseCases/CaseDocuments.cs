using System.Net.Http.Headers;
using System.Security.Cryptography;
using Npgsql;
using OrderToCash.Credit.Applications;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>
/// Documents that a decision rests on, kept with the case: <c>POST /v1/credit/applications/{id}/documents?name=</c>
/// with the document as the body, and <c>GET …/documents/{documentId}</c>, byte for byte as it came. Bounded in size,
/// type and number; the folder names each with its hash. One that must not be kept is removed by an operator
/// (<c>POST …/documents/{documentId}/remove</c>): its name and hash stay in the folder, and its bytes are gone.
/// </summary>
public static class CaseDocuments
{
    private const string Route = "/v1/credit/applications/{id:guid}/documents";

    private const string Keep =
        "insert into case_documents (document_id, application_id, content, kept_at) values ($1, $2, $3, $4)";

    private const string Find = "select content from case_documents where document_id = $1 and application_id = $2";

    private const string Forget = "delete from case_documents where document_id = $1 and application_id = $2";

    /// <summary>A document is to be kept no more.</summary>
    /// <param name="Reason">Why; kept with the folder.</param>
    public sealed record RemoveRequest(string Reason);

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Route, KeepAsync)
            .RequireScope(Scopes.CreditWrite)
            .Accepts<byte[]>(CaseDocument.Types[0], CaseDocument.Types[1..])
            .WithBodyLimit(CaseDocument.MostBytes)
            .Produces<ApplicationView>(StatusCodes.Status201Created)
            .Produces<ApplicationView>()
            .WithSummary("Keep a document with a case; the same again is one");
        routes.MapGet($"{Route}/{{documentId:guid}}", ReadAsync)
            .RequireScope(Scopes.CreditRead)
            .Produces<string>(contentType: "application/octet-stream")
            .WithSummary("A document of a case as it came");
        routes.MapPost($"{Route}/{{documentId:guid}}/remove", RemoveAsync)
            .RequireScope(Scopes.Admin)
            .Produces<ApplicationView>()
            .WithSummary("Keep a document no more; its name and hash stay in the folder");
    }

    /// <param name="name">The name of its file, without folders.</param>
    /// <param name="text">What it is; its name where that is left out.</param>
    private static async Task<IResult> KeepAsync(
        Guid id, string? name, string? text, HttpContext http, HttpCommand command)
    {
        if (new Validation()
            .Required("/name", name)
            .Check(name is null || CaseDocument.IsFileName(name), "/name", "is no name of a file")
            .Optional("/text", text, max: 4000).Problem is { } problem)
            return problem;
        var (application, _) = await command.Store.LoadAsync(ApplicationStream.Type, id, command.Cancellation);
        if (CaseCommand.Deny(id, application, command.Caller) is { } denied)
            return await command.RefuseAsync(denied);
        var type = MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var said)
            ? said.MediaType!.ToLowerInvariant()
            : "document of a known type";
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, command.Cancellation);
        var content = body.ToArray();
        if (content.Length == 0 || !DocumentContent.IsOf(type, content))
            return await command.RefuseAsync(new Refusal("not-of-its-type", $"These bytes are no {type}."));
        if (!CaseDocument.IsNameOf(type, name!))
            return await command.RefuseAsync(new Refusal("not-of-its-type", $"This is no name of a {type}."));
        var document = new CaseDocument(
            Ids.Next(command.Clock), name!, type, content.Length, Convert.ToHexStringLower(SHA256.HashData(content)));
        return await CommitAsync(id, document, text ?? name!, content, command);
    }

    private static Task<IResult> CommitAsync(
        Guid id, CaseDocument document, string text, byte[] content, HttpCommand command)
    {
        var now = command.Clock.GetUtcNow();
        return command.DecideAsync(
            ApplicationStream.Type, id,
            application => CaseCommand.Deny(id, application, command.Caller) ?? ApplicationDecider.Keep(
                application,
                new FolderEntryAdded(
                    "document", text, Address(id, document), command.Caller.Subject, now, document)),
            decided =>
            {
                var (view, kept) = (
                    ApplicationView.Of(id, decided.State, decided.Version), decided.State.DocumentOf(document.Sha256)!);
                return decided.Events.Count > 0
                    ? Reply.Created(Address(id, kept), view, decided.Version)
                    : Reply.Ok(view, decided.Version);
            },
            with: (batch, decided) =>
            {
                if (decided.Events.Count == 0)
                    return;
                var row = new NpgsqlBatchCommand(Keep);
                row.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = document.DocumentId });
                row.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
                row.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = content });
                row.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
                batch.Row(row);
            });
    }

    private static Task<IResult> ReadAsync(Guid id, Guid documentId, HttpContext http, EventStore store) =>
        ResourceEndpoint.ShowAsync(
            http, ApplicationStream.Type, id, application => application.Submitted?.LegalEntity,
            async (application, _) =>
            {
                if (application.Folder.Find(entry => entry.Document?.DocumentId == documentId) is not { } entry
                    || await FindAsync(id, documentId, store.Database, http.RequestAborted) is not { } content)
                    return Problems.From(Refusal.NotFound("document", documentId));
                var digest = Convert.ToBase64String(Convert.FromHexString(entry.Document!.Sha256));
                http.Response.Headers["Repr-Digest"] = $"sha-256=:{digest}:";
                http.Response.Headers.XContentTypeOptions = "nosniff";
                return Results.Bytes(content, entry.Document.Type, entry.Document.Name);
            });

    private static async Task<IResult> RemoveAsync(
        Guid id, Guid documentId, RemoveRequest request, HttpCommand command)
    {
        if (new Validation().Required("/reason", request.Reason, max: 500).Problem is { } problem)
            return problem;
        var now = command.Clock.GetUtcNow();
        return await command.DecideAsync(
            ApplicationStream.Type, id,
            application => CaseCommand.Deny(id, application, command.Caller) ?? ApplicationDecider.Remove(
                application, documentId, request.Reason, command.Caller.Subject, now),
            decided => Reply.Ok(ApplicationView.Of(id, decided.State, decided.Version), decided.Version),
            reason: request.Reason,
            with: (batch, decided) =>
            {
                if (decided.Events.Count == 0)
                    return;
                var row = new NpgsqlBatchCommand(Forget);
                row.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = documentId });
                row.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
                batch.Row(row);
            });
    }

    private static async Task<byte[]?> FindAsync(
        Guid id, Guid documentId, NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Find);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = documentId });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        return (byte[]?)await command.ExecuteScalarAsync(cancellation);
    }

    private static string Address(Guid id, CaseDocument document) =>
        $"/v1/credit/applications/{id}/documents/{document.DocumentId}";
}
