using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace OrderToCash.ServiceDefaults.Tests;

/// <summary>What reads a request into parameters is made at the first request (<see cref="LateBinding"/>).</summary>
public sealed class LateHandlers
{
    [Fact]
    public async Task know_their_metadata_at_the_start_and_their_filters_when_they_are_asked()
    {
        var made = 0;
        await using var app = App();
        app.MapPost("/notes/{id:guid}", (Guid id, Note note) => Results.Ok(new Note($"{id:N} {note.Text}")))
            .AddEndpointFilterFactory((_, next) =>
            {
                made++;
                return next;
            })
            .WithName("note");
        await app.StartAsync();
        var endpoint = app.Services.GetRequiredService<EndpointDataSource>().Endpoints.ShouldHaveSingleItem();

        endpoint.Metadata.GetMetadata<IAcceptsMetadata>()!.RequestType.ShouldBe(typeof(Note));
        endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.ShouldBe(["POST"]);
        endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()!.EndpointName.ShouldBe("note");
        made.ShouldBe(0);

        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        for (var time = 1; time <= 2; time++)
        {
            using var body = new StringContent("""{"text":"paid"}""", null, "application/json");
            using var answer = await client.PostAsync(new Uri($"/notes/{Guid.Empty}", UriKind.Relative), body);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            (await answer.Content.ReadAsStringAsync()).ShouldContain($"{Guid.Empty:N} paid");
            made.ShouldBe(1);
        }
    }

    [Fact]
    public async Task that_no_request_can_be_read_into_end_the_start()
    {
        await using var app = App();
        app.MapPost("/notes", (Note one, Note two) => Results.Ok(one.Text + two.Text));

        await Should.ThrowAsync<InvalidOperationException>(async () =>
        {
            await app.StartAsync();
            _ = app.Services.GetRequiredService<EndpointDataSource>().Endpoints;
        });
    }

    private static WebApplication App()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        return builder.Build();
    }

    private sealed record Note(string Text);
}
