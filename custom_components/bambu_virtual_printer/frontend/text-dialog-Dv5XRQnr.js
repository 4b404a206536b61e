import{B as e,D as t,H as n,O as r,U as i,V as a,d as o,g as s,j as c,k as l}from"./shared-BcSZPcl1.js";import{t as u}from"./element-cwS2XI8r.js";import"./dialog-DXFMQhgU.js";import{t as d}from"./form-D97BTJLp.js";var f={ATTRIBUTE:1,CHILD:2,PROPERTY:3,BOOLEAN_ATTRIBUTE:4,EVENT:5,ELEMENT:6},p=e=>(...t)=>({_$litDirective$:e,values:t}),m=class{constructor(e){}get _$AU(){return this._$AM._$AU}_$AT(e,t,n){this._$Ct=e,this._$AM=t,this._$Ci=n}_$AS(e,t){return this.update(e,t)}update(e,t){return this.render(...t)}},{I:h}=i,g=e=>e,_=e=>e.strings===void 0,v=()=>document.createComment(``),y=(e,t,n)=>{let r=e._$AA.parentNode,i=t===void 0?e._$AB:t._$AA;if(n===void 0)n=new h(r.insertBefore(v(),i),r.insertBefore(v(),i),e,e.options);else{let t=n._$AB.nextSibling,a=n._$AM,o=a!==e;if(o){let t;n._$AQ?.(e),n._$AM=e,n._$AP!==void 0&&(t=e._$AU)!==a._$AU&&n._$AP(t)}if(t!==i||o){let e=n._$AA;for(;e!==t;){let t=g(e).nextSibling;g(r).insertBefore(e,i),e=t}}}return n},b=(e,t,n=e)=>(e._$AI(t,n),e),x={},S=(e,t=x)=>e._$AH=t,C=e=>e._$AH,w=e=>{e._$AR(),e._$AA.remove()},T=(e,t,n)=>{let r=new Map;for(let i=t;i<=n;i++)r.set(e[i],i);return r},E=p(class extends m{constructor(e){if(super(e),e.type!==f.CHILD)throw Error(`repeat() can only be used in text expressions`)}dt(e,t,n){let r;n===void 0?n=t:t!==void 0&&(r=t);let i=[],a=[],o=0;for(let t of e)i[o]=r?r(t,o):o,a[o]=n(t,o),o++;return{values:a,keys:i}}render(e,t,n){return this.dt(e,t,n).values}update(e,[t,n,r]){let i=C(e),{values:o,keys:s}=this.dt(t,n,r);if(!Array.isArray(i))return this.ut=s,o;let c=this.ut??=[],l=[],u,d,f=0,p=i.length-1,m=0,h=o.length-1;for(;f<=p&&m<=h;)if(i[f]===null)f++;else if(i[p]===null)p--;else if(c[f]===s[m])l[m]=b(i[f],o[m]),f++,m++;else if(c[p]===s[h])l[h]=b(i[p],o[h]),p--,h--;else if(c[f]===s[h])l[h]=b(i[f],o[h]),y(e,l[h+1],i[f]),f++,h--;else if(c[p]===s[m])l[m]=b(i[p],o[m]),y(e,i[f],i[p]),p--,m++;else if(u===void 0&&(u=T(s,m,h),d=T(c,f,p)),u.has(c[f])){if(u.has(c[p])){let t=d.get(s[m]),n=t===void 0?null:i[t];if(n===null){let t=y(e,i[f]);b(t,o[m]),l[m]=t}else l[m]=b(n,o[m]),y(e,i[f],n),i[t]=null;m++}else w(i[p]),p--}else w(i[f]),f++;for(;m<=h;){let t=y(e,l[h+1]);b(t,o[m]),l[m++]=t}for(;f<=p;){let e=i[f++];e!==null&&w(e)}return this.ut=s,S(e,l),a}}),D=class extends u{constructor(...e){super(...e),this.heading=``,this.question=``,this.label=``,this.confirm=``,this.refuse=``,this.danger=!1,this.suggestions=[],this.text=``}static{this.styles=[o,d]}firstUpdated(){this.label&&!this.suggestions.length&&requestAnimationFrame(()=>this.renderRoot.querySelector(`textarea`)?.focus())}done(e){this.dispatchEvent(new CustomEvent(`done`,{detail:e}))}render(){return n`<bvp-dialog
.app=${this.app}
.heading=${this.heading}
@closed=${()=>this.dispatchEvent(new CustomEvent(`closed`))}
>
${this.question?n`<p>${this.question}</p>`:e}
${this.suggestions.length?n`<div class="chips field">
${this.suggestions.map(e=>n`<button type="button" class="choose" @click=${()=>this.done(e)}>
${e}
</button>`)}
</div>`:e}
${this.label?n`<div class="field">
<label for="text">${this.label}</label>
<textarea
id="text"
rows="2"
.value=${this.text}
@input=${e=>this.text=e.target.value}
></textarea>
</div>`:e}
<span slot="actions">
${c({label:this.refuse||this.t(`common.cancel`),look:`plain`,onClick:()=>this.dispatchEvent(new CustomEvent(this.refuse?`refused`:`closed`))})}
${c({label:this.confirm,look:this.danger?`danger`:`primary`,onClick:()=>this.done(this.text.trim())})}
</span>
</bvp-dialog>`}};s([r()],D.prototype,`heading`,void 0),s([r()],D.prototype,`question`,void 0),s([r()],D.prototype,`label`,void 0),s([r()],D.prototype,`confirm`,void 0),s([r()],D.prototype,`refuse`,void 0),s([r({type:Boolean})],D.prototype,`danger`,void 0),s([r({attribute:!1})],D.prototype,`suggestions`,void 0),s([t()],D.prototype,`text`,void 0),D=s([l(`bvp-text-dialog`)],D);export{m as a,p as i,S as n,f as o,_ as r,E as t};