using OrderToCash.Gateway;
using OrderToCash.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("gateway");
builder.AddGateway();

var app = builder.Build();
app.UseKnownProxies();
app.UseApiReference();
app.UseServiceDefaults();
app.MapGateway();
app.Run();
